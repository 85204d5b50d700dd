"""Plans: what no run can achieve, the search for the best one, gates, handing it over."""
