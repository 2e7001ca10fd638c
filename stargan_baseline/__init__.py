"""StarGAN (Choi et al., CVPR 2018): the baseline."""
