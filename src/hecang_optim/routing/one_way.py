from typing import Any
def one_way_length(layout: Any, picks: Any) -> float: return 0.0
def one_way_tour(layout: Any, picks: Any) -> Any: return None
