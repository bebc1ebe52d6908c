"""The asset `cat`: a ginger cat on a green hill, beside a red ball of wool."""

from l1.assets.asset import Asset
from l1.assets.canvas import Canvas, Colour, inside
from l1.media.stills import png

SIZE = 640
_MIDDLE = 330.0

_FUR: Colour = (240, 140, 42)
_DARK: Colour = (199, 94, 20)
_SHADE: Colour = (222, 118, 30)
_CREAM: Colour = (255, 236, 209)
_PINK: Colour = (244, 138, 146)
_INK: Colour = (54, 32, 26)
_WHITE: Colour = (255, 255, 255)
_EYE: Colour = (122, 190, 58)
_RED: Colour = (214, 32, 44)
_DARK_RED: Colour = (158, 16, 34)


def draw_cat() -> bytes:
    """Draw the cat as PNG, 640 pixels square; the same bytes every time."""
    canvas = Canvas(SIZE, top=(86, 164, 234), bottom=(206, 236, 250))
    _landscape(canvas)
    _tail(canvas)
    _body(canvas)
    _ears(canvas)
    _head(canvas)
    _eyes(canvas)
    _muzzle(canvas)
    _wool(canvas)
    return png(canvas.picture())


def _landscape(canvas: Canvas) -> None:
    canvas.paint(canvas.ellipse((96, 96), (62, 62)), (255, 240, 150), opacity=0.45)
    canvas.paint(canvas.ellipse((96, 96), (46, 46)), (255, 221, 64))
    for x, y, r in ((500, 84, 34), (540, 92, 26), (462, 96, 24), (232, 60, 20), (262, 66, 16)):
        canvas.paint(canvas.ellipse((x, y), (r * 1.5, r * 0.8)), _WHITE, opacity=0.85)
    canvas.paint(canvas.ellipse((120, 660), (420, 230)), (96, 178, 74))
    canvas.paint(canvas.ellipse((430, 700), (520, 230)), (70, 156, 60))
    for x, y in ((40, 560), (110, 610), (232, 606), (470, 590), (560, 560), (610, 610), (520, 622)):
        for lean in (-10.0, 0.0, 10.0):
            blade = ((x, y), (x, y - 12), (x + lean, y - 22))
            canvas.paint(canvas.stroke(blade, widths=(2.6, 0.6)), (42, 120, 44))
    for x, y in ((70, 520), (566, 512), (600, 590)):
        for dx, dy in ((-7, 0), (7, 0), (0, -7), (0, 7)):
            canvas.paint(canvas.ellipse((x + dx, y + dy), (5.5, 5.5)), (235, 70, 110))
        canvas.paint(canvas.ellipse((x, y), (4.5, 4.5)), (255, 224, 80))


def _tail(canvas: Canvas) -> None:
    lower = canvas.stroke(((400, 560), (560, 590), (548, 450)), widths=(27, 23))
    upper = canvas.stroke(((548, 450), (540, 376), (588, 360)), widths=(23, 15))
    for part in (lower, upper):
        canvas.paint(part, _FUR)
    for x, y in ((512, 528), (548, 478), (549, 430)):
        band = canvas.stroke(((x - 40, y - 6), (x, y + 8), (x + 40, y - 6)), widths=(7, 7))
        canvas.paint(inside(band, lower if y > 440 else upper), _DARK)
    canvas.paint(inside(upper, canvas.ellipse((590, 356), (34, 30))), _CREAM)


def _body(canvas: Canvas) -> None:
    shadow = canvas.ellipse((_MIDDLE + 6, 600), (170, 22))
    canvas.paint(shadow, (36, 96, 40), opacity=0.55)
    body = canvas.ellipse((_MIDDLE, 490), (118, 130))
    canvas.paint(body, _FUR)
    for side in (-1, 1):
        for y, reach in ((440, 60), (480, 52), (520, 46)):
            edge = _MIDDLE + side * 128
            bend = ((edge, y - 8), (edge - side * reach / 2, y + 8), (edge - side * reach, y))
            canvas.paint(inside(canvas.stroke(bend, widths=(10, 2)), body), _DARK)
        haunch = canvas.ellipse((_MIDDLE + side * 88, 566), (54, 46))
        canvas.paint(haunch, _SHADE)
    canvas.paint(canvas.ellipse((_MIDDLE, 470), (58, 84)), _CREAM)
    for side in (-1, 1):
        leg = ((_MIDDLE + side * 36, 480), (_MIDDLE + side * 40, 540), (_MIDDLE + side * 36, 588))
        canvas.paint(canvas.stroke(leg, widths=(26, 23)), _FUR)
        canvas.paint(canvas.ellipse((_MIDDLE + side * 37, 594), (33, 21)), _CREAM)
        for toe in (-10, 10):
            x = _MIDDLE + side * 37 + toe
            line = canvas.stroke(((x, 594), (x, 602), (x, 609)), widths=(1.6, 1.6))
            canvas.paint(line, _DARK)


def _ears(canvas: Canvas) -> None:
    for side in (-1, 1):
        outer = [(side * 124, -64), (side * 112, -196), (side * 26, -118)]
        inner = [(side * 114, -84), (side * 107, -164), (side * 54, -116)]
        for points, colour, rounding in ((outer, _FUR, 10), (inner, _PINK, 5)):
            a, b, c = ((_MIDDLE + x, 290.0 + y) for x, y in points)
            corners = (a, b, c) if side < 0 else (c, b, a)
            canvas.paint(canvas.triangle(corners, rounding=rounding), colour)


def _head(canvas: Canvas) -> None:
    canvas.paint(canvas.ellipse((_MIDDLE, 408), (84, 22)), _RED)
    head = canvas.ellipse((_MIDDLE, 290), (158, 128))
    canvas.paint(head, _FUR)
    for x, top, width in ((-34, 172, 8), (0, 160, 10), (34, 172, 8)):
        bend = ((_MIDDLE + x, top), (_MIDDLE + x, 200), (_MIDDLE + x * 0.72, 228))
        canvas.paint(inside(canvas.stroke(bend, widths=(width, 2)), head), _DARK)
    for side in (-1, 1):
        for y, reach in ((280, 54), (314, 60), (346, 46)):
            edge = _MIDDLE + side * 164
            bend = ((edge, y - 6), (edge - side * reach / 2, y), (edge - side * reach, y + 10))
            canvas.paint(inside(canvas.stroke(bend, widths=(8, 1.5)), head), _DARK)
    canvas.paint(canvas.ellipse((_MIDDLE, 436), (19, 19)), (246, 196, 40))
    canvas.paint(canvas.ellipse((_MIDDLE, 442), (5, 5)), _INK)
    slit = ((_MIDDLE, 444), (_MIDDLE, 448), (_MIDDLE, 454))
    canvas.paint(canvas.stroke(slit, widths=(1.8, 1.8)), _INK)


def _eyes(canvas: Canvas) -> None:
    for side in (-1, 1):
        x = _MIDDLE + side * 66
        canvas.paint(canvas.ellipse((x, 278), (40, 39)), _INK)
        canvas.paint(canvas.ellipse((x, 279), (36, 35)), _EYE)
        canvas.paint(canvas.ellipse((x, 290), (30, 22)), (190, 226, 96), opacity=0.6)
        canvas.paint(canvas.ellipse((x, 279), (17, 30)), _INK)
        canvas.paint(canvas.ellipse((x - 9, 264), (10, 11)), _WHITE)
        canvas.paint(canvas.ellipse((x + 10, 296), (5, 5)), _WHITE, opacity=0.9)
        canvas.paint(canvas.ellipse((_MIDDLE + side * 104, 336), (22, 13)), _PINK, opacity=0.45)


def _muzzle(canvas: Canvas) -> None:
    canvas.paint(canvas.ellipse((_MIDDLE, 372), (34, 24)), _CREAM)
    for side in (-1, 1):
        canvas.paint(canvas.ellipse((_MIDDLE + side * 29, 350), (40, 31)), _CREAM)
    nose = ((_MIDDLE - 13.0, 324.0), (_MIDDLE + 13.0, 324.0), (_MIDDLE, 336.0))
    canvas.paint(canvas.triangle(nose, rounding=5), (226, 92, 104))
    drop = ((_MIDDLE, 338), (_MIDDLE, 346), (_MIDDLE, 352))
    canvas.paint(canvas.stroke(drop, widths=(2.4, 2.4)), _INK)
    for side in (-1, 1):
        smile = ((_MIDDLE, 352), (_MIDDLE + side * 14, 374), (_MIDDLE + side * 36, 358))
        canvas.paint(canvas.stroke(smile, widths=(2.6, 1.6)), _INK)
        for y, end in ((342, 322), (352, 350), (362, 380)):
            start, tip = _MIDDLE + side * 44, _MIDDLE + side * 196
            whisker = ((start, y), (_MIDDLE + side * 120, (y + end) / 2 - 10), (tip, end))
            canvas.paint(canvas.stroke(whisker, widths=(2.2, 0.7)), _WHITE)
        for x, y in ((30, 342), (42, 352), (30, 362)):
            canvas.paint(canvas.ellipse((_MIDDLE + side * x, y), (2.2, 2.2)), _SHADE)


def _wool(canvas: Canvas) -> None:
    thread = ((168, 598), (236, 640), (262, 604))
    canvas.paint(canvas.stroke(thread, widths=(3.2, 3.2)), _RED)
    canvas.paint(canvas.ellipse((124, 612), (66, 12)), (36, 96, 40), opacity=0.55)
    ball = canvas.ellipse((122, 556), (58, 58))
    canvas.paint(ball, _RED)
    for shift in (-36, -14, 10, 34):
        over = ((64 + shift, 520), (124 + shift, 540), (150 + shift, 616))
        under = ((70, 590 + shift), (120, 560 + shift), (184, 576 + shift))
        for bend in (over, under):
            canvas.paint(inside(canvas.stroke(bend, widths=(2, 2)), ball), _DARK_RED)
    canvas.paint(canvas.ellipse((102, 532), (16, 12)), (246, 110, 112), opacity=0.7)


CAT = Asset(
    name="cat",
    summary="A drawing of a ginger cat on a green hill, beside a red ball of wool",
    media_type="image/png",
    make=draw_cat,
)
