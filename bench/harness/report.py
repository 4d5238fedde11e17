"""Medians, spread and ratios as a Markdown table."""

from statistics import median


def number(value):
    """Three digits that matter."""
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 100 else f"{value:.2f}"


def spread(values):
    """Smallest to largest."""
    return f"{number(min(values))}–{number(max(values))}" if len(values) > 1 else "–"


class Results:
    """Samples by case, metric and variant, in the order of the rounds."""

    def __init__(self):
        self.samples = {}

    def add(self, case, variant, sample):
        """Notes what one variant of a case gave in one round."""
        for metric, value in sample.items():
            self.samples.setdefault((case, metric, variant), []).append(value)

    def values(self, case, metric, variant):
        """One figure a round."""
        return self.samples.get((case, metric, variant), [])

    def ratios(self, case, metric, variants):
        """One ratio a round: both figures of a ratio are always of the same round."""
        pairs = zip(*(self.values(case, metric, variant) for variant in variants))
        return [ours / theirs for ours, theirs in pairs if theirs]


def verdict(value, aim):
    """An aim is `(">=", 3.0)` or `("<=", 80)`."""
    sign, limit = aim
    return "PASS" if (value >= limit if sign == ">=" else value <= limit) else "MISS"


def row(results, case, metric, variant):
    """One line of the table, or nothing if there are no figures."""
    values = results.values(case.name, metric.name, variant)
    if not values:
        return None
    ratio, judged = "", median(values)
    baseline = metric.baseline
    if baseline and baseline != variant:
        ratios = results.ratios(case.name, metric.name, (variant, baseline))
        if ratios:
            judged = median(ratios)
            ratio = f"{judged:.2f} ({min(ratios):.2f}–{max(ratios):.2f}) of {baseline}"
        else:
            judged = None
    aim, mark = metric.aims.get(variant), ""
    if aim and judged is not None:
        mark = verdict(judged, aim)
    cells = [
        case.name, metric.name, variant, number(median(values)), spread(values), ratio,
        f"{aim[0]} {aim[1]}" if aim else "", mark,
    ]
    return "| " + " | ".join(cells) + " |"


def table(results, cases):
    """The whole table."""
    lines = [
        "| case | figure | of | median | spread | ratio: median (spread) | aim | |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for case in cases:
        for metric in case.metrics:
            rows = (row(results, case, metric, variant) for variant in metric.only or case.variants)
            lines += [line for line in rows if line]
    return "\n".join(lines)
