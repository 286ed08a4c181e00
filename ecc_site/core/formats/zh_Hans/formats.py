"""Large numbers have commas, as in the sentences beside them; Django groups none in Chinese."""

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
