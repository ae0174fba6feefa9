"""Who is ordered, the way down the chain, the work of officers, and their superiors' word on it."""
