import Foundation
import ProxyProtos
import SwiftProtobuf

/// SwiftProtobuf's codecs of a method call, under the same functions as `OwnCodec`.
struct PeerCodec {
    private let request: [UInt8]
    private let response: Centrifugal_Centrifugo_Proxy_RPCResponse

    init(request: [UInt8], answer: [UInt8]) {
        self.request = request
        response = Centrifugal_Centrifugo_Proxy_RPCResponse(data: Data(answer))
    }

    func encodedResponse() throws -> [UInt8] { try response.serializedBytes() }

    func requestAgain() throws -> [UInt8] {
        try Centrifugal_Centrifugo_Proxy_RPCRequest(serializedBytes: request).serializedBytes()
    }

    @inline(never)
    func decode(times: Int) throws -> Int {
        var sum = 0
        for _ in 0..<times {
            let decoded = try Centrifugal_Centrifugo_Proxy_RPCRequest(serializedBytes: request)
            sum &+= decoded.client.utf8.count &+ decoded.method.utf8.count &+ decoded.data.count
        }
        return sum
    }

    @inline(never)
    func encode(times: Int) throws -> Int {
        let response = response
        var sum = 0
        for _ in 0..<times {
            let bytes: [UInt8] = try response.serializedBytes()
            sum &+= bytes.count
        }
        return sum
    }
}
