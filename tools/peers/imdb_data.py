"""The reviews as the networks of models/imdb/ read them, by Keras's tokenizer.

`batches(data, cache, count)` gives `count` batches of 64 training reviews in one
fixed random order: ids i32 [count, 64, 500], labels f32 [count, 64]. They are
kept in the folder `cache`.
"""
import pathlib

import numpy as np

WORDS, LENGTH, BATCH = 10000, 500, 64


def tokenized(data):
    from keras.src.legacy.preprocessing.text import Tokenizer
    from keras.utils import pad_sequences

    texts, labels = [], []
    for label, name in enumerate(("neg", "pos")):
        for path in sorted((pathlib.Path(data) / "train" / name).iterdir()):
            texts.append(path.read_text(encoding="utf-8"))
            labels.append(label)
    tokenizer = Tokenizer(num_words=WORDS, oov_token="<OOV>")
    tokenizer.fit_on_texts(texts)
    ids = pad_sequences(tokenizer.texts_to_sequences(texts), maxlen=LENGTH,
                        padding="post", truncating="post")
    return ids, np.array(labels, np.float32)


def batches(data, cache, count):
    file = pathlib.Path(cache) / "imdb-tokens.npz"
    if not file.exists():
        ids, labels = tokenized(data)
        np.savez(file, ids=ids, labels=labels)
    kept = np.load(file)
    order = np.random.RandomState(0).permutation(len(kept["labels"]))
    chosen = order[np.arange(count * BATCH) % len(order)]
    return (kept["ids"][chosen].reshape(count, BATCH, LENGTH),
            kept["labels"][chosen].reshape(count, BATCH))
