"""Tests of StarGAN."""
