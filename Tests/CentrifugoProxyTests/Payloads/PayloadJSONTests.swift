import CentrifugoProxy
import Testing

@Suite struct PayloadJSONTests {
    private struct Point: Codable, Equatable {
        var x: Int
        var y: Int?
    }

    @Test(
        "is the same whatever field and encoding it came in",
        arguments: [
            RPCRequest(encoding: "json", data: [UInt8](#"{"x":1}"#.utf8)),
            RPCRequest(encoding: "binary").with { $0.b64data = "eyJ4IjoxfQ==" },
            RPCRequest(encoding: "binary", data: [1]).with { $0.b64data = "eyJ4IjoxfQ==" },
            RPCRequest(encoding: "").with { $0.b64data = "eyJ4IjoxfQ==" },
        ]
    )
    func fields(request: RPCRequest) throws {
        #expect(try request.payload.text == #"{"x":1}"#)
        #expect(try request.payload.decode(Point.self) == Point(x: 1))
    }

    @Test("is empty when the client sent nothing", arguments: ["json", "binary", ""])
    func nothing(encoding: String) throws {
        #expect(try RPCRequest(encoding: encoding).payload.isEmpty)
    }

    @Test("exists for every event whose clients send something")
    func events() throws {
        let requests: [any PayloadRequest] = [
            ConnectRequest(data: [49]), SubscribeRequest(data: [49]), PublishRequest(data: [49]),
            RPCRequest(data: [49]), MapPublishRequest(data: [49]),
        ]
        for request in requests {
            #expect(try request.payload.decode(Int.self) == 1)
        }
    }

    @Test("refuses what is not base64", arguments: ["*", "e", "eyJ4IjoxfQ=", "eyJ4 IjoxfQ=="])
    func base64(text: String) {
        let error = #expect(throws: PayloadError.self) {
            try RPCRequest(encoding: "binary").with { $0.b64data = text }.payload
        }
        #expect(error?.description == "b64data is not base64")
    }

    @Test("refuses what is not JSON, or does not fit the type", arguments: ["", "{", "[]", #"{"x":"1"}"#, #"{"y":1}"#])
    func decoding(text: String) {
        #expect(throws: PayloadError.self) { try Payload.text(text).decode(Point.self) }
    }

    @Test("has text only when it is UTF-8")
    func text() {
        #expect(Payload.bytes([UInt8]("naïve".utf8)).text == "naïve")
        #expect(Payload.bytes([0xFF]).text == nil)
        #expect(Payload.empty.text == "")
    }

    @Test("encodes a value that can be decoded again")
    func encoding() throws {
        let payload = try Payload.json(Point(x: 1, y: 2))
        #expect(try payload.decode(Point.self) == Point(x: 1, y: 2))
        #expect(try Payload.json("text").text == #""text""#)
    }
}
