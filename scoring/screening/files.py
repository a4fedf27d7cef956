"""A model as one file: JSON and plain arrays in a ZIP.

Nothing in it could run when it is read, and the same model gives the same bytes.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.errors import ScreeningFileError, ScreeningFormatError
from scoring.screening.features import Features
from scoring.screening.folds import FOLDS
from scoring.screening.learn import LearnedScore
from scoring.screening.measures import MEASURES, Scale
from scoring.screening.model import Model
from scoring.screening.targets import Link, Target
from scoring.screening.vocabulary import Vocabulary

FORMAT = "assay.screening.v2"
_HEADER = "model.json"
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_LARGEST = 1 << 30  # bytes unpacked; ours have some megabytes


def write_model(model: Model) -> bytes:
    """Write a model.

    Returns
    -------
    bytes
        A ZIP archive of ``model.json`` and ``*.npy``; the same model gives the same bytes.
    """
    header: dict[str, Any] = {
        "format": FORMAT,
        "training_digest": model.training_digest,
        "learned_from": list(model.learned_from),
        "agent_words": list(model.features.agent.words),
        "customer_words": list(model.features.customer.words),
        "figures": list(model.features.scale.names),
        "tags": list(model.features.scale.tags),
        "without": list(model.features.without),
        "targets": [
            {
                "name": one.target.name,
                "link": one.target.link.value,
                "lower": one.target.lower,
                "upper": one.target.upper,
                "without": list(one.target.without),
                # JSON knows no infinity: a fold that learned the mean alone has no penalty.
                "penalties": [float(p) if np.isfinite(p) else None for p in one.penalties],
            }
            for one in model.scores
        ],
    }
    parts = {_HEADER: json.dumps(header, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()}
    parts |= {f"{name}.npy": _pack(values) for name, values in sorted(_arrays(model).items())}
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as pack:
        for name, content in parts.items():
            pack.writestr(zipfile.ZipInfo(name, _LONG_AGO), content, zipfile.ZIP_DEFLATED, 6)
    return archive.getvalue()


def read_model(content: bytes) -> Model:
    """Read a model that `write_model` wrote.

    Raises
    ------
    ScreeningFormatError
        If another version wrote it in a format of its own.
    ScreeningFileError
        If the bytes are no such file, or their parts do not fit together.
    """
    try:
        return _check(_unpack_model(content))
    except ScreeningFileError:
        raise
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError, EOFError) as error:
        raise ScreeningFileError(f"not a model that can be read: {error}") from error


def _unpack_model(content: bytes) -> Model:
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        if sum(one.file_size for one in pack.infolist()) > _LARGEST:
            raise ScreeningFileError("the model is larger than any model of ours")
        header = json.loads(pack.read(_HEADER))
        if header["format"] != FORMAT:
            raise ScreeningFormatError(f"the model has the format {header['format']!r}; this version reads {FORMAT!r}")
        arrays = {name[:-4]: _unpack(pack.read(name)) for name in pack.namelist() if name.endswith(".npy")}
    return _build(header, arrays)


def _arrays(model: Model) -> dict[str, NDArray[np.generic]]:
    features = model.features
    arrays: dict[str, NDArray[np.generic]] = {
        "agent_pairs": features.agent.pairs,
        "agent_idf": features.agent.idf,
        "customer_pairs": features.customer.pairs,
        "customer_idf": features.customer.idf,
        "figure_mean": features.scale.mean,
        "figure_sd": features.scale.sd,
    }
    for one in model.scores:
        arrays[f"weights_{one.target.name}"] = one.weights.astype(np.float32)
        arrays[f"intercepts_{one.target.name}"] = one.intercepts
    return arrays


def _build(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Model:
    def vocabulary(side: str) -> Vocabulary:
        return Vocabulary(tuple(header[f"{side}_words"]), arrays[f"{side}_pairs"], arrays[f"{side}_idf"])

    scale = Scale(tuple(header["figures"]), arrays["figure_mean"], arrays["figure_sd"], tuple(header["tags"]))
    features = Features(vocabulary("agent"), vocabulary("customer"), scale, tuple(header["without"]))
    scores = tuple(
        LearnedScore(
            Target(one["name"], Link(one["link"]), one["lower"], one["upper"], tuple(one["without"])),
            arrays[f"weights_{one['name']}"].astype(np.float64),
            arrays[f"intercepts_{one['name']}"],
            np.array([np.inf if penalty is None else penalty for penalty in one["penalties"]], dtype=float),
        )
        for one in header["targets"]
    )
    return Model(features, scores, tuple(header["learned_from"]), header["training_digest"])


def _check(model: Model) -> Model:
    """Refuse parts that do not fit: better than a score from the wrong column."""
    for side in (model.features.agent, model.features.customer):
        if len(side.idf) != len(side.words) + len(side.pairs):
            raise ScreeningFileError("words and weights of the model do not belong together")
    if not set(model.features.scale.names) <= set(MEASURES):
        raise ScreeningFileError("the model uses figures this version does not have")
    for one in model.scores:
        if one.weights.shape != (len(model.features), FOLDS) or not np.isfinite(one.weights).all():
            raise ScreeningFileError(f"the weights of {one.target.name} do not fit the features")
    return model


def _pack(values: NDArray[np.generic]) -> bytes:
    packed = io.BytesIO()
    np.lib.format.write_array(packed, np.ascontiguousarray(values), allow_pickle=False)
    return packed.getvalue()


def _unpack(content: bytes) -> NDArray[Any]:
    values: NDArray[Any] = np.lib.format.read_array(io.BytesIO(content), allow_pickle=False)
    return values
