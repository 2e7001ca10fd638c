"""AttGAN (He et al., TIP 2019) as a third method: written from CONTRIBUTING alone; tests copy it beside `bench/`."""
