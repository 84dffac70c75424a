package localcloud

import "net/http"

// operationsEndpoint tells which operations of which services are answered here, or mended, and not by moto alone.
func operationsEndpoint(byService map[string][]string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			methodNotAllowed(w, http.MethodGet)
			return
		}
		writeJSON(w, http.StatusOK, byService)
	})
}
