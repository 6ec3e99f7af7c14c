"""What people see and touch: a file of widgets and one of layout per page. Widgets show a `View` and decide nothing."""
