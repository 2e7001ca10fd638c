# Faces (drawn, or CelebA fetched and verified), and their packed arrays at each resolution.


rule faces:
    output:
        manifest=paths.faces,
    log:
        paths.log("faces", "faces"),
    conda:
        "../../envs/bench.yaml"
    threads: 8
    resources:
        mem_mb=2000,
        runtime=240,
    params:
        settings=paths.settings,
        digest=digests.faces(),
    shell:
        "python -m bench faces --config {params.settings} --jobs {threads} --output {output.manifest}"
        " 2>&1 | tee {log} >&2"


rule pack:
    input:
        faces=paths.faces,
    output:
        manifest=paths.pack("{size}"),
    log:
        paths.log("pack", "pack{size}"),
    conda:
        "../../envs/bench.yaml"
    threads: 8
    resources:
        mem_mb=4000,
        runtime=120,
    params:
        settings=paths.settings,
        digest=digests.pack(),
    shell:
        "python -m bench pack --config {params.settings} --faces {input.faces} --size {wildcards.size}"
        " --jobs {threads} --output {output.manifest}"
        " 2>&1 | tee {log} >&2"
