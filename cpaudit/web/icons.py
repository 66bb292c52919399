"""The icons, as path data on a 24 × 24 grid, drawn with a round 2-unit stroke. Pure data."""

ICONS: dict[str, str] = {
    "arrow-right": "M5 12h14M13 6l6 6-6 6",
    "arrow-left": "M19 12H5M11 6l-6 6 6 6",
    "bell": "M6 16V11a6 6 0 0 1 12 0v5l2 2H4zM10 21h4",
    "building": "M4 21V5l8-2v18M12 8l8 3v10M3 21h18M7.5 8.5h1M7.5 12.5h1M7.5 16.5h1M16 14.5v.01M16 17.5v.01",
    "calendar": "M4 6h16v15H4zM4 10h16M8 3v4M16 3v4",
    "chart": "M4 20h16M7 16v-5M12 16V5M17 16V9",
    "check": "M5 12.5l4.5 4.5L19 7",
    "chevron-down": "M6 9l6 6 6-6",
    "chevron-right": "M9 6l6 6-6 6",
    "circle": "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z",
    "clock": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3.5 2",
    "cross": "M6 6l12 12M18 6L6 18",
    "document": "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
    "download": "M12 4v11M7 10.5l5 5 5-5M4 20h16",
    "filter": "M4 5h16l-6 8v6l-4-2v-4z",
    "globe": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c3 3 3.5 6 3.5 9s-.5 6-3.5 9c-3-3-3.5-6-3.5-9S9 6 12 3z",
    "info": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v6M12 7.5v.01",
    "lock": "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
    "mail": "M3 6h18v13H3zM3 7l9 7 9-7",
    "minus": "M6 12h12",
    "pen": "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
    "people": (
        "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z"
        "M2.5 20a6.5 6.5 0 0 1 13 0M16 4.5a3.5 3.5 0 0 1 0 6M18 14.5c2 .8 3.5 2.8 3.5 5.5"
    ),
    "person": "M12 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 21a7.5 7.5 0 0 1 15 0",
    "plus": "M12 5v14M5 12h14",
    "return": "M9 7L4 12l5 5M4 12h11a5 5 0 0 1 0 10h-1",
    "search": "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.500L20 20",
    "seal": (
        "M12 3l2.2 1.7 2.8-.2.9 2.7 2.3 1.6-.9 2.7.9 2.7-2.3 1.6-.9 2.7-2.8-.2L12 21l-2.2"
        "-1.7-2.8.2-.9-2.7-2.3-1.6.9-2.7-.9-2.7 2.3-1.6.9-2.7 2.8.2zM9 12l2 2 4-4"
    ),
    "sort": "M8 5v14M8 5L5 8M8 5l3 3M16 19V5M16 19l-3-3M16 19l3-3",
    "sort-down": "M12 5v14M6 13l6 6 6-6",
    "sort-up": "M12 19V5M6 11l6-6 6 6",
    "upload": "M12 20V9M7 13.500l5-5 5 5M4 4h16",
    "warning": "M12 4L2.5 20h19zM12 10v4.500M12 17.500v.01",
}
