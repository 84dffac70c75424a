package faults

import (
	"encoding/json"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/policy"
)

// Orders are the faults that are ordered now. Where several fit a request, the first that strikes counts.
type Orders struct {
	callers func(*http.Request) (policy.Principal, error)
	log     *log.Logger

	mutex   sync.Mutex
	ordered []*active
	last    int
}

// active is an order with its chance.
type active struct {
	*Order
	chance *rand.Rand
}

// New makes an empty set. Callers finds out who sent a request.
func New(callers func(*http.Request) (policy.Principal, error), out *log.Logger) *Orders {
	return &Orders{callers: callers, log: out}
}

// add takes orders, and tells them with their ids.
func (o *Orders) add(orders []*Order) []Order {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	told := []Order{}
	for _, order := range orders {
		o.last++
		order.ID = o.last
		o.ordered = append(o.ordered, &active{Order: order, chance: rand.New(rand.NewPCG(order.Seed, 0))}) //nolint:gosec // it is to be repeated
		told = append(told, *order)
	}
	return told
}

func (o *Orders) list() []Order {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	told := []Order{}
	for _, one := range o.ordered {
		told = append(told, *one.Order)
	}
	return told
}

// clear takes an order back, or all where the id is 0. It says whether there was any such.
func (o *Orders) clear(id int) bool {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	var left []*active
	for _, one := range o.ordered {
		if id != 0 && one.ID != id {
			left = append(left, one)
		}
	}
	found := id == 0 || len(left) < len(o.ordered)
	o.ordered = left
	return found
}

// candidates are the orders that fit a request but for its caller.
func (o *Orders) candidates(info awsreq.Info) (fitting []*active, ofCallers bool) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	for _, one := range o.ordered {
		if one.fits(info.Service, info.Operation) {
			fitting = append(fitting, one)
			ofCallers = ofCallers || one.Caller != ""
		}
	}
	return fitting, ofCallers
}

// choose finds the order that strikes a request, or nil.
func (o *Orders) choose(r *http.Request, info awsreq.Info) *Order {
	fitting, ofCallers := o.candidates(info)
	if len(fitting) == 0 {
		return nil
	}
	var caller policy.Principal
	if ofCallers {
		var err error
		if caller, err = o.callers(awsreq.With(r, &info)); err != nil {
			o.log.Printf("finding out who is to be struck by a fault: %v", err)
		}
	}
	o.mutex.Lock()
	defer o.mutex.Unlock()
	for _, one := range fitting {
		if one.Caller != "" && !one.isFrom(caller) {
			continue
		}
		one.Seen++
		if one.chance.Float64() < one.Rate && (one.Count == 0 || one.Struck < one.Count) {
			one.Struck++
			struck := *one.Order
			return &struck
		}
	}
	return nil
}

// bodyLimit is how many bytes a request for faults may have.
const bodyLimit = 1 << 20

// Endpoint takes orders: POST of one or an array of them adds, GET tells, DELETE takes all back, or one by ?id=.
func (o *Orders) Endpoint() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodGet:
			tell(w, http.StatusOK, o.list())
		case http.MethodPost:
			body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyLimit))
			if err != nil {
				http.Error(w, "reading the faults: "+err.Error(), http.StatusBadRequest)
				return
			}
			orders, err := read(body)
			if err != nil {
				tell(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
				return
			}
			tell(w, http.StatusCreated, o.add(orders))
		case http.MethodDelete:
			o.delete(w, r.URL.Query().Get("id"))
		default:
			w.Header().Set("Allow", "GET, POST, DELETE")
			http.Error(w, "use GET, POST or DELETE", http.StatusMethodNotAllowed)
		}
	})
}

func (o *Orders) delete(w http.ResponseWriter, text string) {
	id := 0
	if text != "" {
		var err error
		if id, err = strconv.Atoi(text); err != nil || id <= 0 {
			http.Error(w, "id is not the number of a fault", http.StatusBadRequest)
			return
		}
	}
	if !o.clear(id) {
		http.Error(w, "there is no fault "+text, http.StatusNotFound)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func tell(w http.ResponseWriter, status int, document any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(document) //nolint:errcheck,errchkjson,gosec // the caller has gone
}
