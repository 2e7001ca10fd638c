"""Network trunks and GAN loss forms that methods share."""
