"""Drawn faces: a parametric portrait painter whose every edit has a known true result (docs/design.md).

A face is a pure function of an identity (pose, shape, light, background, noise) and of its attributes:

    attributes -> identity -> look -> painter (background, hair, head, features) -> dataset
"""
