import ProtobufWire
import ProxyMessages

/// The library's codecs of a method call, for a benchmark in another package, for which they are not public.
public struct OwnCodec {
    private let request: [UInt8]
    private let response: Reply<RPCResult>

    /// Takes an encoded request, and the data of the answer.
    public init(request: [UInt8], answer: [UInt8]) {
        self.request = request
        response = Reply(result: RPCResult(data: .bytes(answer)))
    }

    /// The encoded answer.
    public var encodedResponse: [UInt8] { response.wireBytes() }

    /// The request, decoded and encoded again.
    public func requestAgain() throws -> [UInt8] {
        try RPCRequest(wireBytes: request).wireBytes()
    }

    /// Decodes the request so often; returns a sum over what came out, so that no part of it can be left out.
    @inline(never)
    public func decode(times: Int) throws -> Int {
        var sum = 0
        for _ in 0..<times {
            let decoded = try RPCRequest(wireBytes: request)
            sum &+= decoded.client.utf8.count &+ decoded.method.utf8.count &+ decoded.data.count
        }
        return sum
    }

    /// Encodes the answer so often, each time into an array of its own; returns the number of all bytes.
    @inline(never)
    public func encode(times: Int) -> Int {
        let response = response
        var sum = 0
        for _ in 0..<times {
            sum &+= response.wireBytes().count
        }
        return sum
    }

    /// Encodes the answer so often, each time into the memory of the one before, as a server's loop does.
    @inline(never)
    public func encodeInPlace(times: Int) -> Int {
        let response = response
        var writer = WireWriter()
        var sum = 0
        for _ in 0..<times {
            writer.removeAll(keepingCapacity: true)
            response.encode(into: &writer)
            sum &+= writer.count
        }
        return sum
    }
}
