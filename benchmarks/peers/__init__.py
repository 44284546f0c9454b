"""Small sites to compare with; none of them is part of Previsit."""
