"""Faces: the CelebA reader, the drawn faces, and the packed store that both become."""
