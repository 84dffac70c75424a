package observability

import "encoding/json"

// board is the body of a CloudWatch dashboard. Its grid is 24 units wide.
type board struct {
	Widgets []widget `json:"widgets"`
}

type widget struct {
	Type       string `json:"type"`
	X          int    `json:"x"`
	Y          int    `json:"y"`
	Width      int    `json:"width"`
	Height     int    `json:"height"`
	Properties any    `json:"properties"`
}

// Types of widgets.
const (
	widgetText   = "text"
	widgetMetric = "metric"
	widgetAlarm  = "alarm"
)

// text is Markdown.
type text struct {
	Markdown string `json:"markdown"`
}

// alarmStatus shows the states of alarms.
type alarmStatus struct {
	Title  string   `json:"title"`
	Alarms []string `json:"alarms"` // ARNs
}

// Views of a chart.
const (
	viewNumber = "singleValue"
	viewLines  = "timeSeries"
	viewBars   = "bar"
)

// chart shows metrics.
type chart struct {
	Title       string       `json:"title"`
	View        string       `json:"view"`
	Region      string       `json:"region"`
	Stat        string       `json:"stat"`
	Period      int          `json:"period"` // seconds
	Metrics     []series     `json:"metrics"`
	Stacked     bool         `json:"stacked"`
	Sparkline   bool         `json:"sparkline,omitempty"`
	WholeRange  bool         `json:"setPeriodToTimeRange,omitempty"` // one value for all of the time shown
	YAxis       *yAxis       `json:"yAxis,omitempty"`
	Annotations *annotations `json:"annotations,omitempty"`
}

type yAxis struct {
	Left axis `json:"left"`
}

type axis struct {
	Min       *float64 `json:"min,omitempty"`
	Max       *float64 `json:"max,omitempty"`
	Label     string   `json:"label,omitempty"`
	ShowUnits bool     `json:"showUnits"`
}

type annotations struct {
	Horizontal []line `json:"horizontal"`
}

type line struct {
	Label string  `json:"label"`
	Value float64 `json:"value"`
}

// series is a metric, or an expression over metrics.
type series struct {
	metric     metric
	expression string // where it is not empty, the metric is not used
	options    options
}

type options struct {
	Label      string `json:"label,omitempty"`
	Stat       string `json:"stat,omitempty"`
	Color      string `json:"color,omitempty"`
	Expression string `json:"expression,omitempty"`
	ID         string `json:"id,omitempty"`
}

// MarshalJSON writes the list that CloudWatch wants: namespace, metric, the names and values of dimensions, options.
func (s series) MarshalJSON() ([]byte, error) {
	if s.expression != "" {
		s.options.Expression = s.expression
		return json.Marshal([]any{s.options})
	}
	list := []any{s.metric.namespace, s.metric.name}
	for _, d := range s.metric.dimensions {
		list = append(list, d.name, d.value)
	}
	return json.Marshal(append(list, s.options))
}

// row is widgets side by side.
type row struct {
	height int
	cells  []cell
}

type cell struct {
	width      int
	kind       string
	properties any
}

// arrange puts the rows below one another.
func arrange(rows []row) board {
	var b board
	y := 0
	for _, r := range rows {
		x := 0
		for _, c := range r.cells {
			b.Widgets = append(b.Widgets, widget{
				Type: c.kind, X: x, Y: y, Width: c.width, Height: r.height, Properties: c.properties,
			})
			x += c.width
		}
		y += r.height
	}
	return b
}

// json is the board as CloudWatch takes it. Its types hold nothing that could fail to marshal.
func (b board) json() string {
	body, _ := json.Marshal(b) //nolint:errchkjson // numbers, strings, and lists of them only
	return string(body)
}
