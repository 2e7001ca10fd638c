"""What plots share: style, layout, face grids, alternative texts, rendering."""
