"""The read side: functions that return a Select, visibility included."""
