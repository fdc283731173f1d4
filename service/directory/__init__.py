"""The directory of places: units, communes of Ille-et-Vilaine, who covers which. Pure reading, no database.

`reading.load()` reads and checks the folder `data/`, or one that an administrator gives; `places.Directory`
answers (which CDAS, which sector of the Caf social service: R-CI-3, R-RV); `recognition` finds the communes
that a text names.
"""
