"""Plots as SVG text, with nothing but the standard library.

`bars(title, unit, values)` draws {name: number}; `lines(title, x_name, y_name,
series)` draws {name: [(x, y), ...]} on logarithmic axes, where a straight line of
slope 1 is a cost that grows in proportion.
"""
import math
from xml.sax.saxutils import escape

COLORS = ["#2a6fbb", "#d1603d", "#4f9d4f", "#8d5fb0", "#b08d2a", "#666666"]
FONT = 'font-family="sans-serif" font-size="13"'


def text(x, y, words, extra=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" {extra}>{escape(words)}</text>'


def document(width, height, title, body):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" '
            f'height="{height}" viewBox="0 0 {width} {height}" {FONT}>\n'
            f'<title>{escape(title)}</title>\n'
            '<rect width="100%" height="100%" fill="white"/>\n' +
            text(12, 24, title, 'font-weight="bold"') + "\n" +
            "\n".join(body) + "\n</svg>\n")


def show(value):
    """A number of about three digits."""
    if value == 0 or not math.isfinite(value):
        return str(value)
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:.{digits}f}"


def bars(title, unit, values):
    width, left, height = 640, 230, 26
    most = max(values.values()) or 1
    body = []
    for row, (name, value) in enumerate(values.items()):
        y = 40 + row * height
        length = value / most * (width - left - 110)
        body += [text(left - 8, y + 16, name, 'text-anchor="end"'),
                 f'<rect x="{left}" y="{y}" width="{length:.1f}" '
                 f'height="{height - 6}" fill="{COLORS[0 if row == 0 else 5]}"/>',
                 text(left + length + 6, y + 16, f"{show(value)} {unit}")]
    return document(width, 50 + len(values) * height, title, body)


def lines(title, x_name, y_name, series):
    width, height, left, top, right, bottom = 640, 400, 80, 44, 180, 52
    points = [p for line in series.values() for p in line]
    xs, ys = sorted({x for x, _ in points}), [y for _, y in points]
    low_x, high_x = math.log(min(xs)), math.log(max(xs))
    low_y = math.floor(math.log10(min(ys)))
    high_y = max(math.ceil(math.log10(max(ys))), low_y + 1)

    def place(x, y):
        along = (math.log(x) - low_x) / ((high_x - low_x) or 1)
        up = (math.log10(y) - low_y) / (high_y - low_y)
        return (left + along * (width - left - right),
                height - bottom - up * (height - top - bottom))

    body = []
    for power in range(low_y, high_y + 1):
        y = place(xs[0], 10.0 ** power)[1]
        body += [f'<line x1="{left}" y1="{y:.1f}" x2="{width - right}" '
                 f'y2="{y:.1f}" stroke="#ddd"/>',
                 text(left - 8, y + 4, f"{10.0 ** power:g}",
                      'text-anchor="end"')]
    for x in xs:
        at = place(x, 10.0 ** low_y)[0]
        body.append(text(at, height - bottom + 18, f"{x:g}",
                         'text-anchor="middle"'))
    body += [text((left + width - right) / 2, height - 12, x_name,
                  'text-anchor="middle"'),
             text(12, top - 4, y_name)]
    for number, (name, line) in enumerate(series.items()):
        color = COLORS[number % len(COLORS)]
        places = [place(x, y) for x, y in sorted(line)]
        body.append(f'<polyline fill="none" stroke="{color}" stroke-width="2" '
                    'points="' +
                    " ".join(f"{x:.1f},{y:.1f}" for x, y in places) + '"/>')
        body += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/>'
                 for x, y in places]
        y = top + 16 + number * 20
        body += [f'<rect x="{width - right + 14}" y="{y - 10}" width="12" '
                 f'height="12" fill="{color}"/>',
                 text(width - right + 32, y, name)]
    return document(width, height, title, body)
