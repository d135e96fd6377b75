import CentrifugoProxy

/// What a client sends to the method `math:sum`.
struct Numbers: Decodable {
    let numbers: [Int]
}

func pingPong() throws -> ProxyService {
    let methods = try RPCRouter { methods in
        try methods.on("ping", summary: "Answers that the server is there.") { _, _ in ["pong": true] }
        try methods.group("math") { math in
            try math.on("sum", input: Numbers.self, summary: "Adds numbers up.") { input, _, _ in
                ["sum": input.numbers.reduce(0, &+)]
            }
            try math.on("square:{number:[0-9]+}") { match, _, _ in
                let (square, isTooLarge) = try match.int("number").multipliedReportingOverflow(by: match.int("number"))
                guard !isTooLarge else { throw CentrifugoError.badRequest }
                return ["square": square]
            }
            try math.onRaw("{other:.+}") { payload, _, _ in RPCResult(data: try payload.validJSON) }
        }
    }
    return ProxyService(rpc: methods)
}
