"""What the benchmarks printed, as medians, ratios and differences."""
import pathlib
import statistics


class Figures:
    """One variant of one question: its slices in the order of the rounds."""

    def __init__(self, unit):
        self.values = []
        self.unit = unit
        self.ratio = None  # to the base, raw: the median of the ratios within each round
        self.added = None  # to the base: the median of the differences within each round

    @property
    def median(self):
        return statistics.median(self.values)

    @property
    def quartiles(self):
        if len(self.values) < 2:
            return self.median, self.median
        low, _, high = statistics.quantiles(self.values, n=4)
        return low, high

    def ratio_to(self, base):
        """A disturbance of the machine lasts longer than a slice, and hits both of a round."""
        return statistics.median(a / b for a, b in zip(self.values, base.values))

    def compare(self, base):
        if base.unit == "ns" and len(base.values) == len(self.values):
            self.ratio = self.ratio_to(base)
            self.added = statistics.median(a - b for a, b in zip(self.values, base.values))

    def as_json(self):
        low, high = self.quartiles
        out = {"median": round(self.median, 4), "low": round(low, 4), "high": round(high, 4),
               "unit": self.unit, "rounds": len(self.values)}
        if self.ratio is not None:
            out.update(ratio=round(self.ratio, 4), added=round(self.added, 4))
        return out


def read_results(folder):
    """{question: {parameter: {variant: Figures}}}, in the order in which the files were written."""
    results = {}
    files = sorted(pathlib.Path(folder).glob("*.tsv"), key=lambda f: f.stat().st_mtime_ns)
    for file in files:
        for line in file.read_text().splitlines():
            question, variant, parameter, value, unit = line.split("\t")
            variants = results.setdefault(question, {}).setdefault(parameter, {})
            variants.setdefault(variant, Figures(unit)).values.append(float(value))
    for question, parameters in results.items():
        for variants in parameters.values():
            base = variants.get(base_of(question))
            for figures in variants.values():
                if base is not None:
                    figures.compare(base)
    return results


def base_of(question):
    """The variant that others are compared with."""
    return "xsock" if question == "wasix" else "raw"


def read_facts(file):
    """[(kind, name, text)]"""
    return [tuple(line.split("\t")) for line in pathlib.Path(file).read_text().splitlines()]


def noise(results):
    """How far the quartiles of raw's slices are apart, for the median of the operations."""
    spreads = []
    for variants in results.get("calls", {}).values():
        low, high = variants["raw"].quartiles
        spreads.append((high - low) / variants["raw"].median)
    return statistics.median(spreads) if spreads else None


def results_as_json(results):
    return {question: {parameter: {variant: f.as_json() for variant, f in variants.items()}
                       for parameter, variants in parameters.items()}
            for question, parameters in results.items()}
