# /// script
# requires-python = ">=3.11"
# dependencies = ["python-avatars==1.4.1", "resvg-py==0.5.0", "pillow", "numpy"]
# ///
"""Makes a folder of CelebA's shape from cartoon faces of another hand: Pablo Stanley's Avataaars, free for any use.

    pip install python-avatars==1.4.1 resvg-py==0.5.0 && python docs/own_faces/make_avatars.py avatars

The same seed gives the same faces. Labels are what was drawn: hair colour, smile, glasses. Hair, skin, eyes, brows,
nose, clothes and background vary freely.
"""

import argparse
import io
from pathlib import Path

import numpy as np
import python_avatars as avatars
import resvg_py
from PIL import Image

ATTRIBUTES = ("Black_Hair", "Blond_Hair", "Brown_Hair", "Smiling", "Eyeglasses")
HAIR = ("BLACK", "BLONDE_GOLDEN", "BROWN", "RED", "SILVER_GRAY")  # the last two: none of the three attributes
SMILES, SERIOUS = ("SMILE", "TWINKLE", "BIG_SMILE"), ("SERIOUS", "SAD", "CONCERNED", "DEFAULT")
GLASSES = ("ROUND", "PRESCRIPTION_1", "PRESCRIPTION_2", "KURT")
TOPS = (
    "BIG_HAIR", "BOB", "BUN", "CAESAR", "CAESAR_SIDE_PART", "CURLY", "CURVY", "FRO", "LONG_NOT_TOO_LONG", "SHAGGY",
    "SHORT_CURLY", "SHORT_FLAT", "SHORT_ROUND", "SHORT_WAVED", "STRAIGHT_1", "STRAIGHT_2", "STRAIGHT_STRAND",
)  # fmt: skip
BROWS = ("DEFAULT", "DEFAULT_NATURAL", "FLAT_NATURAL", "RAISED_EXCITED_NATURAL", "SAD_CONCERNED_NATURAL", "UP_DOWN")
EYES = ("DEFAULT", "HAPPY", "SIDE", "SQUINT", "SURPRISED", "WINK")
CLOTHES = ("BLAZER_SHIRT", "BLAZER_SWEATER", "COLLAR_SWEATER", "HOODIE", "SHIRT_CREW_NECK", "SHIRT_V_NECK")
SIZE_PX = 178


def picture(random: np.random.Generator) -> tuple[Image.Image, list[int]]:
    """A face (178 x 178) and its labels, 1 or -1 in the order of `ATTRIBUTES`."""
    hair, smiles, glasses = random.integers(len(HAIR)), random.random() < 0.5, random.random() < 0.5
    face = avatars.Avatar(
        style=avatars.AvatarStyle.TRANSPARENT,
        top=avatars.HairType[random.choice(TOPS)],
        hair_color=avatars.HairColor[HAIR[hair]],
        mouth=avatars.MouthType[random.choice(SMILES if smiles else SERIOUS)],
        accessory=avatars.AccessoryType[random.choice(GLASSES) if glasses else "NONE"],
        eyebrows=avatars.EyebrowType[random.choice(BROWS)],
        eyes=avatars.EyeType[random.choice(EYES)],
        nose=random.choice(list(avatars.NoseType)),
        skin_color=random.choice([str(colour.value) for colour in avatars.SkinColor if colour.name != "YELLOW"]),
        clothing=avatars.ClothingType[random.choice(CLOTHES)],
        clothing_color=random.choice(list(avatars.ClothingColor)),
    )
    drawn = Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=face.render(), width=220))))
    background = Image.new("RGBA", drawn.size, (*random.integers(90, 256, 3).tolist(), 255))
    background.alpha_composite(drawn.convert("RGBA"))
    left, top = (drawn.width - SIZE_PX) // 2, 14
    labels = [hair == 0, hair == 1, hair == 2, smiles, glasses]
    return background.convert("RGB").crop((left, top, left + SIZE_PX, top + SIZE_PX)), [2 * bool(x) - 1 for x in labels]


def main() -> None:
    """Write images and the list of attributes; `data.split_seed` of a configuration splits them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=5200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    images = arguments.folder / "img_align_celeba"
    images.mkdir(parents=True)
    random = np.random.default_rng(arguments.seed)
    rows = []
    for number in range(1, arguments.count + 1):
        face, labels = picture(random)
        face.save(images / f"{number:06}.png")
        rows.append(f"{number:06}.png " + " ".join(f"{label:2}" for label in labels))
    lines = [str(arguments.count), " ".join(ATTRIBUTES), *rows]
    (arguments.folder / "list_attr_celeba.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
