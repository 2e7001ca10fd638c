"""ACL-GAN (Cho & Yoon): attribute loss, simplified content loss, mask, framing and bidirectional growing."""
