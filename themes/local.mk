themesdir = $(pkgdatadir)/themes
dist_themes_DATA = \
  themes/dark.yaml themes/light.yaml themes/high-contrast.yaml themes/monochrome.yaml themes/sixteen.yaml \
  themes/keys-plain.yaml themes/keys-vi.yaml
