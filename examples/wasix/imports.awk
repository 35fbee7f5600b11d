# Writes the functions that a guest from wasm2c links with. The input is the header from wasm2c:
#   awk -v header=guest.h -f imports.awk guest.h >guest_imports.c
# Each import becomes a function that passes its number and its arguments to call_import (wasm2c.c).
/^\/\* import: '/ {
    split($0, quoted, "'")
    module = quoted[2]
    name = quoted[4]
    next
}
/^\/\* export: '/ {
    split($0, quoted, "'")
    exported = quoted[2]
    next
}
/^void .*_init_module\(void\);/ { init_module = called($2) }
/^void .*_instantiate\(/ { instantiate = called($2); instances = $0 }
/^void .*_free\(/ { free_it = called($2) }
/^typedef struct .* {/ { type = $3 }
module != "" {
    add_import($0)
    module = ""
}
exported == "memory" { memory = called($2) }
exported == "_start" { start = called($2) }
exported != "" { exported = "" }

# Returns "name" for "name(rest".
function called(word) {
    sub(/\(.*/, "", word)
    return word
}

function letter(type) {
    return type ~ /u32/ ? "i" : type ~ /u64/ ? "I" : type ~ /f32/ ? "f" : "F"
}

# The prototype is u32 NAME(struct INSTANCE*, u32, u64, ...);
function add_import(prototype,    types, n, i, params, words) {
    result = prototype
    sub(/ .*/, "", result)
    types = prototype
    sub(/^[^(]*\(/, "", types)
    sub(/\);.*/, "", types)
    n = split(types, params, /, */)
    split(prototype, words, " ")
    text = text result " " called(words[2]) "(" params[1] " host"
    for (i = 2; i <= n; i++)
        text = text ", " params[i] " a" (i - 2)
    text = text ")\n{\n    uint64_t args[] = {"
    signature = ""
    for (i = 2; i <= n; i++) {
        text = text (i > 2 ? ", " : "") "(uint64_t)a" (i - 2)
        signature = signature letter(params[i])
    }
    text = text (n < 2 ? "0" : "") "};\n    "
    text = text (result == "void" ? "(void)" : "return ")
    text = text "call_import(host, " count + 0 ", args);\n}\n\n"
    rows = rows "    {\"" module "\", \"" name "\", \"" signature "\"},\n"
    count++
}

END {
    print "#include \"" header "\"\n\n#include \"wasm2c.h\"\n"
    print "const struct import_name import_names[] = {\n" rows "    {0, 0, 0},\n};\n"
    printf "%s", text
    print "static " type " instance;\n"
    print "void guest_memory(struct xsock_wasix_memory *out)\n{"
    print "    wasm_rt_memory_t *m = " memory "(&instance);"
    print "    *out = (struct xsock_wasix_memory){.base = m->data, .size = m->size};\n}\n"
    print "void guest_run(void *host)\n{\n    " init_module "();"
    n = gsub(/, *struct/, "", instances)
    printf "    %s(&instance", instantiate
    for (i = 0; i < n; i++)
        printf ", host"
    print ");\n    " start "(&instance);\n}\n"
    print "void guest_free(void)\n{\n    " free_it "(&instance);\n}"
}
