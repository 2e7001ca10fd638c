"""Tests of ACL-GAN."""
