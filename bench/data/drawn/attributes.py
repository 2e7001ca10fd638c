"""Attributes of drawn faces: which are drawn, and the small Bayesian chain that samples them.

The chain is `cover, Male, Young -> everything else`; its tables reproduce CelebA's marginal frequencies (exactly, see
`CELEBA_FREQUENCIES`) and the signs and sizes of its strongest correlations: smiles with open mouths, glasses and gray
hair with age and sex, make-up, blond and wavy hair with women. Hair colours are exclusive here, so the share of faces
without any of Black, Blond and Brown is 1 - .239 - .148 - .205 = 41 %; of those, 4 % of all faces are gray.
"""

from collections.abc import Mapping

import numpy as np

from bench.settings.edits import Labels

CELEBA_ATTRIBUTES = (
    "5_o_Clock_Shadow", "Arched_Eyebrows", "Attractive", "Bags_Under_Eyes", "Bald", "Bangs", "Big_Lips", "Big_Nose",
    "Black_Hair", "Blond_Hair", "Blurry", "Brown_Hair", "Bushy_Eyebrows", "Chubby", "Double_Chin", "Eyeglasses",
    "Goatee", "Gray_Hair", "Heavy_Makeup", "High_Cheekbones", "Male", "Mouth_Slightly_Open", "Mustache", "Narrow_Eyes",
    "No_Beard", "Oval_Face", "Pale_Skin", "Pointy_Nose", "Receding_Hairline", "Rosy_Cheeks", "Sideburns", "Smiling",
    "Straight_Hair", "Wavy_Hair", "Wearing_Earrings", "Wearing_Hat", "Wearing_Lipstick", "Wearing_Necklace",
    "Wearing_Necktie", "Young",
)  # fmt: skip
CELEBA_FREQUENCIES: Mapping[str, float] = {
    "Bald": 0.022, "Bangs": 0.152, "Black_Hair": 0.239, "Blond_Hair": 0.148, "Brown_Hair": 0.205,
    "Bushy_Eyebrows": 0.142, "Eyeglasses": 0.065, "Gray_Hair": 0.042, "Heavy_Makeup": 0.387, "Male": 0.417,
    "Mouth_Slightly_Open": 0.483, "No_Beard": 0.835, "Pale_Skin": 0.043, "Rosy_Cheeks": 0.066, "Smiling": 0.482,
    "Wavy_Hair": 0.320, "Wearing_Hat": 0.049, "Wearing_Lipstick": 0.472, "Young": 0.774,
}  # fmt: skip
# In CelebA's order; the other columns of a drawn data set are -1 throughout.
DRAWN = tuple(CELEBA_FREQUENCIES)
HAIR_COLOURS = ("Black_Hair", "Blond_Hair", "Brown_Hair", "Gray_Hair")
# Rows: woman old, woman young, man old, man young. P(attribute | sex, age).
_BY_SEX_AND_AGE: Mapping[str, tuple[float, float, float, float]] = {
    "Bald": (0.0, 0.0, 0.110, 0.018),
    "Wearing_Hat": (0.027, 0.027, 0.079, 0.079),
    "Black_Hair": (0.120, 0.214, 0.220, 0.333),
    "Blond_Hair": (0.280, 0.234, 0.020, 0.020),
    "Brown_Hair": (0.180, 0.249, 0.090, 0.195),
    "Gray_Hair": (0.079, 0.001, 0.220, 0.006),
    "Eyeglasses": (0.100, 0.014, 0.190, 0.080),
    "Bangs": (0.170, 0.215, 0.030, 0.094),
    "Smiling": (0.580, 0.535, 0.430, 0.382),
    "Pale_Skin": (0.030, 0.061, 0.010, 0.031),
    "Heavy_Makeup": (0.380, 0.700, 0.002, 0.002),
    "No_Beard": (1.0, 1.0, 0.620, 0.594),
    "Bushy_Eyebrows": (0.050, 0.072, 0.200, 0.272),
    "Wavy_Hair": (0.380, 0.457, 0.080, 0.177),
}
_P_MALE = 0.417
_P_YOUNG = (0.883, 0.620)  # woman, man
_P_OPEN_MOUTH = (0.225, 0.758)  # not smiling, smiling
_P_LIPSTICK = (0.486, 0.970)  # women without and with heavy make-up
_P_LIPSTICK_MAN = 0.006
_P_ROSY = (0.010, 0.155)  # without and with heavy make-up
_P_COLOUR_SEEN_UNDER_HAT = 0.4


def sample(random: np.random.Generator) -> Labels:
    """Labels (len(DRAWN),) of one face, in the order of `DRAWN`."""
    draw = dict(zip((*_BY_SEX_AND_AGE, "male", "young", "open", "lipstick", "rosy", "seen", "colour"),
                    random.random(len(_BY_SEX_AND_AGE) + 7), strict=True))  # fmt: skip
    male = bool(draw["male"] < _P_MALE)
    young = bool(draw["young"] < _P_YOUNG[male])
    row = 2 * male + young
    on = {name: bool(draw[name] < table[row]) for name, table in _BY_SEX_AND_AGE.items()}
    on |= {"Male": male, "Young": young}
    on["Wearing_Hat"] &= not on["Bald"]
    on["Bangs"] &= not on["Bald"]
    on["Mouth_Slightly_Open"] = bool(draw["open"] < _P_OPEN_MOUTH[on["Smiling"]])
    lipstick = _P_LIPSTICK_MAN if male else _P_LIPSTICK[on["Heavy_Makeup"]]
    on["Wearing_Lipstick"] = bool(draw["lipstick"] < lipstick)
    on["Rosy_Cheeks"] = bool(draw["rosy"] < _P_ROSY[on["Heavy_Makeup"]])
    colour = _hair_colour(draw["colour"], draw["seen"], row, on)
    on |= {name: name == colour for name in HAIR_COLOURS}
    return np.array([on[name] for name in DRAWN])


def _hair_colour(colour_draw: float, hat_draw: float, row: int, on: Mapping[str, bool]) -> str | None:
    """The hair-colour label, or None: covered or no hair, or a colour between the names."""
    p_bald, p_hat = _BY_SEX_AND_AGE["Bald"][row], _BY_SEX_AND_AGE["Wearing_Hat"][row]
    p_visible = 1 - p_bald - (1 - p_bald) * p_hat * (1 - _P_COLOUR_SEEN_UNDER_HAT)
    if on["Bald"] or (on["Wearing_Hat"] and hat_draw >= _P_COLOUR_SEEN_UNDER_HAT):
        return None
    for name in HAIR_COLOURS:  # shares of all faces, so that hidden hair takes nothing from the marginals
        colour_draw -= _BY_SEX_AND_AGE[name][row] / p_visible
        if colour_draw < 0:
            return name
    return None
