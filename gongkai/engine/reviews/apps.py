from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "gongkai.engine.reviews"
    label = "reviews"
