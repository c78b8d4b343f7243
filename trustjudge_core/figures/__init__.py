"""Numbers -> plotly figures; each file has the stem of the stage it draws."""
