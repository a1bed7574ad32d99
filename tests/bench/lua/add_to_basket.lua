-- A new visitor's first "Add to basket": no cookie, same-origin headers as a browser sends them.
wrk.method = "POST"
wrk.body = "variant=" .. os.getenv("BENCH_VARIANT") .. "&quantity=1"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.headers["Sec-Fetch-Site"] = "same-origin"
