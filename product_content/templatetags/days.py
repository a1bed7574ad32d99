"""The filter `day`, for templates that the storefront and the dashboard's previews share."""

from django import template

from product_content.languages import written_day

register = template.Library()
register.filter("day", written_day)
