#!/usr/bin/env python3
"""Token ids as Keras makes them, to compare with kiln's.

    make_tokens.py texts FOLDER            writes the hard texts below FOLDER
    make_tokens.py keras CASES DATA [--list]
                                           Keras's ids of the texts below DATA,
                                           as kiln-test-tokens prints kiln's
    make_tokens.py lower STRINGS LOWERED   writes strings with every code point
                                           alone and around sigmas, and what
                                           str.lower makes of them, a line each

`keras` needs Keras 3.15.1; the others nothing but Python. CASES is a list of
tokenizers and paddings with a name each (Inputs/token-cases.json). The
references are made so, where IMDB is the folder of the 50,000 reviews:

    make_tokens.py texts T
    make_tokens.py keras Inputs/token-cases.json T --list > Inputs/tokens-hard.txt
    make_tokens.py keras Inputs/token-imdb.json ../../models/imdb/sample > Inputs/tokens-sample.txt
    make_tokens.py keras Inputs/token-imdb.json IMDB > Inputs/tokens-imdb.txt

Texts are the files' bytes, with no line end translated. Their order is kiln's:
classes as listed, then file names bytewise.
"""
import array
import hashlib
import json
import pathlib
import random
import sys
import unicodedata

CLASSES = ["neg", "pos"]

# Words that several texts share, so that counts and their ties matter.
TRAIN = {
    "neg/00-plain.txt": "The film is bad. The plot is bad, and the end is worse!",
    "neg/01-apostrophes.txt":
        "it's not John's film; it isn't 'good', it’s ‘bad’ — don't watch it",
    "neg/02-crlf.txt":
        "first line\r\nsecond line\r\n\r\nthe film\rthe end\tthe\x0bplot\x0cis\x1cbad\n",
    "neg/03-emoji.txt": "so bad 😀😀 👍🏽👩‍👩‍👧 the film 🇫🇷 ☕️ end 😀",
    "neg/04-turkish.txt": "İstanbul İZMİR ıssız I İ i̇stanbul istanbul ISTANBUL",
    "neg/05-marks.txt":
        "café cafe\u0301 CAFÉ CAFE\u0301 naïve nai\u0308ve Z\u0351\u0343algo e\u0301e\u0301",
    "neg/06-empty.txt": "",
    "neg/07-filtered.txt": "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n !!! ...",
    "neg/08-spaces.txt": "  the   film\u00a0is\u2003bad\u3000end \u200b \ufeff plot  ",
    "neg/09-bom.txt": "\ufeffThe film the film",
    "neg/10-nul.txt": "the\x00film \x00 \x01the \x7f end",
    "pos/00-greek.txt":
        "ΟΔΥΣΣΕΥΣ ΟΔΥΣΣΕΥΣ. ΣΑΣ Σ ΑΣ’ ΑΣ'Α Α\u0301Σ\u0301 ΑΣ\u00adΑ ὈΔΥΣΣΕΎΣ 1Σ ªΣ ⅠΣ aΣ:b ΤΕΛΟΣ",
    "pos/01-cases.txt":
        "ǅ Ǆ ǆ ẞ ß ſ K Å ﬁ Ω Ԁ Ა ა Ꭰ ꭰ 𐐀 𐐨 𞤀 Ⅷ Ⓐ ㋿ ĲSSEL ŉ ǰ ΐ",
    "pos/02-filters.txt": "a-b_c/d\\e <br /><br />the*film*is*good** «the» “film” …end…",
    "pos/03-scripts.txt": "电影很好 映画は良い 영화 좋다 фильм ХОРОШИЙ फ़िल्म अच्छी سينما قِصَّة",
    "pos/04-plain.txt": "the film is good and the plot is good and the end is good",
    "pos/05-ties.txt": "zeta alpha zeta alpha beta beta gamma gamma",
    "pos/06-oov.txt": "<OOV> oov the <oov> OOV",
    "pos/07-split.txt": "aabbab ab abab!ab a!b !ab! xabyab",
    "pos/z.txt": "last of all", "pos/Z.txt": "before it", "pos/é.txt": "after it",
}
TEST = {
    "neg/0.txt": "The film is unheard of, and THE END is bad, it's bad!",
    "neg/1.txt": "", "neg/2.txt": "?!", "neg/3.txt": "unknown words only here",
    "neg/4.txt": "ὀδυσσεύς ΟΔΥΣΣΕΥΣ σ ς Σ istanbul i\u0307stanbul",
    "pos/0.txt": "😀 👍🏽 film\r\nthe end\r\n", "pos/1.txt": "\x00 café CAFE\u0301 oov <OOV>",
    "pos/2.txt": "aab!abb\tab", "pos/3.txt": "the " * 60,
}


def long_text(count, seed):
    """`count` words, some often and some once."""
    draw = random.Random(seed)
    words = ["the", "film", "Good", "bad"]
    return " ".join(
        words[draw.randrange(4)] if draw.random() < 0.5 else
        f"w{int(draw.random() ** 4 * 30000)}" for _ in range(count))


def write_texts(folder):
    splits = {"train": dict(TRAIN), "test": dict(TEST)}
    splits["train"]["pos/08-long.txt"] = long_text(100000, 1)
    splits["test"]["pos/4.txt"] = long_text(100000, 2)
    for split, texts in splits.items():
        for name, text in texts.items():
            path = folder / split / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())


def read_texts(folder):
    """(names, texts) below a split's folder."""
    paths = [path for name in CLASSES
             for path in sorted((folder / name).glob("*.txt"),
                                key=lambda path: path.name.encode())]
    return ([f"{path.parent.name}/{path.name}" for path in paths],
            [path.read_bytes().decode("utf-8") for path in paths])


def show(row):
    """`5 6 0*30`, or a hash where that is long."""
    runs = []
    for number in row:
        if runs and runs[-1][0] == number:
            runs[-1][1] += 1
        else:
            runs.append([number, 1])
    if len(runs) > 60:
        return "sha256 " + hashlib.sha256(array.array("i", row)).hexdigest()
    return " ".join(str(n) if count == 1 else f"{n}*{count}"
                    for n, count in runs)


def print_keras(cases, data, wants_list):
    from keras.src.legacy.preprocessing.text import Tokenizer
    from keras.utils import pad_sequences
    names, texts = zip(*(read_texts(data / split)
                         for split in ("train", "test")))
    for case in json.loads(cases.read_text()):
        tokenizer = Tokenizer(**case["tokenizer"])
        tokenizer.fit_on_texts(texts[0])
        for i, split in enumerate(("train", "test")):
            ids = pad_sequences(tokenizer.texts_to_sequences(texts[i]),
                                **case["pad_sequences"])
            digest = hashlib.sha256(ids.astype("<i4").tobytes()).hexdigest()
            print(f"{case['name']} {split} [{len(ids)}, {ids.shape[1]}] "
                  f"{digest}")
            if wants_list:
                for name, row in zip(names[i], ids.tolist()):
                    print(f"  {name}: {show(row)}")


def write_lower(strings, lowered):
    lines = []
    for code in range(0x110000):
        character = chr(code)
        # What this Python's Unicode does not know, another one may.
        if character == "\n" or unicodedata.category(character) in ("Cs", "Cn"):
            continue
        lines += [character, character + "Σ", "a" + character + "Σ",
                  "aΣ" + character, "aΣ" + character + "a"]
    strings.write_bytes("".join(line + "\n" for line in lines).encode())
    lowered.write_bytes("".join(line.lower() + "\n" for line in lines).encode())


def main():
    command, *words = sys.argv[1:]
    paths = [pathlib.Path(word) for word in words if word != "--list"]
    if command == "texts":
        write_texts(*paths)
    elif command == "keras":
        print_keras(*paths, "--list" in words)
    elif command == "lower":
        write_lower(*paths)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
