"""Teaches the classifiers of `rabta.rules.classifier` from sorted texts: `make train`.

Writes the table of each one's pieces and `training/taught.csv`, and prints how often it is right about texts that it
was not taught (each tenth of them by a classifier that learned from the other nine).
"""

import csv

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from rabta.kit import scripts
from rabta.rules.classifier import damping, pieces
from training.sources import KINDS, TAUGHT, Kind, Text, digest_of, texts_of

STRENGTH, SCALED_STRENGTH = 2.0, 1.0  # less: bolder rules of thumb; more: closer to the single texts
SEEN_IN = 2  # a piece of one text alone says nothing
SILENT = 40  # thousandths; what weighs less is left out of the table
UNSURE = 0.5  # texts of each answer that a piece is taken to be in before any was read
FOLDS = StratifiedKFold(10, shuffle=True, random_state=1)
THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def teach(kind: Kind) -> None:
    """Learn one kind, write its table, and print how well it does."""
    texts = texts_of(kind)
    spoken = [scripts.spoken(one.text) for one in texts]
    sorter = CountVectorizer(analyzer=pieces, min_df=SEEN_IN)
    counts = sorter.fit_transform(spoken)
    damped = sparse.csr_matrix(sparse.diags([1 / damping(words) for words in spoken]) @ counts)
    wanted = np.array([one.wanted for one in texts])
    _report(kind, texts, _unseen(counts, damped, wanted, scaled=kind.scaled))
    weights, bias = _learn(counts, damped, wanted, scaled=kind.scaled)
    thousandths = np.rint(1000 * weights).astype(int)
    table = sorted(zip(sorter.get_feature_names_out(), thousandths.tolist(), strict=True))
    kept = [row for row in table if abs(row[1]) >= SILENT]
    with kind.table.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("piece", "thousandths"))
        rows.writerow(("", round(1000 * bias)))
        rows.writerows(kept)
    print(f"{len(kept)} of {len(table)} pieces are in {kind.table}")


def _learn(
    counts: sparse.csr_matrix, damped: sparse.csr_matrix, wanted: np.ndarray, *, scaled: bool
) -> tuple[np.ndarray, float]:
    """Weights of the pieces, and the bias, by logistic regression.

    `scaled`: each piece is multiplied first by the logarithm of how much oftener it is in texts of one answer (Wang and
    Manning, Baselines and Bigrams, ACL 2012).
    """
    ratio = _part(counts[wanted]) - _part(counts[~wanted]) if scaled else np.ones(counts.shape[1])
    strength = SCALED_STRENGTH if scaled else STRENGTH
    learner = LogisticRegression(C=strength, class_weight="balanced", solver="liblinear", max_iter=500)
    learner.fit(damped @ sparse.diags(ratio), wanted)
    return ratio * learner.coef_[0], float(learner.intercept_[0])


def _part(counts: sparse.csr_matrix) -> np.ndarray:
    """The logarithm of how often each piece is in a text of these."""
    return np.log((np.asarray(counts.sum(axis=0)).ravel() + UNSURE) / (counts.shape[0] + UNSURE))


def _unseen(
    counts: sparse.csr_matrix, damped: sparse.csr_matrix, wanted: np.ndarray, *, scaled: bool
) -> np.ndarray:
    """How probable each text is by what was learned from the other nine tenths."""
    told = np.zeros(len(wanted))
    for taught, asked in FOLDS.split(damped, wanted):
        weights, bias = _learn(counts[taught], damped[taught], wanted[taught], scaled=scaled)
        told[asked] = 1 / (1 + np.exp(-(damped[asked] @ weights + bias)))
    return told


def _report(kind: Kind, texts: list[Text], told: np.ndarray) -> None:
    sources = sorted({(one.wanted, one.source) for one in texts})
    print(f"\n{kind.name}: {len(texts)} texts; the part of each source above a probability")
    print(f"{'':40}{'':>7}" + "".join(f"{threshold:>7}" for threshold in THRESHOLDS))
    for wanted, source in sources:
        at = [n for n, one in enumerate(texts) if (one.wanted, one.source) == (wanted, source)]
        parts = "".join(f"{np.mean(told[at] >= threshold):>7.1%}" for threshold in THRESHOLDS)
        print(f"{'yes' if wanted else 'no ':4}{source:36}{len(at):>7}{parts}")


def main() -> None:
    for kind in KINDS:
        teach(kind)
    with TAUGHT.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("classifier", "texts", "sha256"))
        rows.writerows((kind.name, len(texts_of(kind)), digest_of(kind)) for kind in KINDS)


if __name__ == "__main__":
    main()
