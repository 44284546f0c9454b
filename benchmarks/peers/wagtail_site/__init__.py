"""A Wagtail site of one article, made as its tutorial makes one; with WAGTAIL_CACHE=1 behind wagtail-cache."""
