"""xsock for Conan 2, from this tree: conan create packaging/conan"""
import os
import pathlib

from conan import ConanFile
from conan.tools.cmake import CMake, CMakeToolchain, cmake_layout
from conan.tools.files import copy, rmdir

TOP = pathlib.Path(__file__).resolve().parent
if not (TOP / "VERSION").exists():  # not yet exported: this file is in packaging/conan
    TOP = TOP.parent.parent


class Xsock(ConanFile):
    name = "xsock"
    description = "One socket API that means the same on every system"
    license = "MIT"
    topics = ("sockets", "network", "wasix")
    package_type = "library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"shared": [True, False], "fPIC": [True, False], "wasix": [True, False]}
    default_options = {"shared": False, "fPIC": True, "wasix": True}
    implements = ["auto_shared_fpic"]
    languages = "C"

    def set_version(self):
        self.version = (TOP / "VERSION").read_text(encoding="utf-8").split()[0]

    def export(self):
        copy(self, "VERSION", TOP, self.export_folder)

    def export_sources(self):
        for pattern in ("CMakeLists.txt", "VERSION", "LICENSE", "sources.txt", "*.in", "cmake/*",
                        "abi/*", "include/*", "src/*", "man/*", "xsock-posix/*"):
            copy(self, pattern, TOP, self.export_sources_folder,
                 excludes=("build*", "packaging/*", ".git/*"))

    def layout(self):
        cmake_layout(self)

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["XSOCK_WASIX"] = bool(self.options.wasix)
        toolchain.cache_variables["XSOCK_BUILD_TOOLS"] = False
        toolchain.cache_variables["XSOCK_BUILD_PAGES"] = False
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        CMake(self).install()
        for folder in ("cmake", "pkgconfig"):  # Conan makes its own
            rmdir(self, os.path.join(self.package_folder, "lib", folder))
        rmdir(self, os.path.join(self.package_folder, "share"))

    def package_info(self):
        windows = self.settings.os == "Windows"
        self.cpp_info.set_property("cmake_file_name", "xsock")
        xsock = self.cpp_info.components["xsock"]
        xsock.set_property("cmake_target_name", "xsock::xsock")
        xsock.set_property("pkg_config_name", "xsock")
        xsock.libs = ["xsock"]
        xsock.system_libs = ["ws2_32", "iphlpapi"] if windows else ["pthread"]
        if windows and self.options.shared:
            xsock.defines = ["XSOCK_SHARED"]
        if self.settings.compiler == "msvc":
            return  # the headers of xsock-posix need GCC or Clang
        posix = self.cpp_info.components["posix"]
        posix.set_property("cmake_target_name", "xsock::posix")
        posix.set_property("pkg_config_name", "xsock-posix")
        if windows:  # elsewhere the system has these calls itself
            posix.libs = ["xsock-posix"]
            posix.includedirs = ["include/xsock-posix"]
            posix.defines = ["WIN32_LEAN_AND_MEAN"]
            posix.requires = ["xsock"]
