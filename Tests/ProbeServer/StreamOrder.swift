import CentrifugoProxy

/// A stream's instruction in its channel's name: a verb, and after a colon its argument.
struct StreamOrder: Sendable {
    let verb: String
    let argument: String

    init(channel: String) {
        let parts = channel.split(separator: ":", maxSplits: 1)
        verb = String(parts.first ?? "")
        argument = parts.count > 1 ? String(parts[1]) : ""
    }

    /// Writes what the instruction says, and ends as it says.
    func serve(_ writer: PublicationWriter, _ holds: Holds) async throws -> SubscriptionEnd {
        switch verb {
        case "count":
            for number in 0..<(Int(argument) ?? 0) {
                try await writer.write(Publication(data: try .json(number), tags: ["number": "\(number)"]))
            }
        case "flood":
            for number in 0..<Samples.floodCount {
                try await writer.write(Publication(data: Samples.numbered(number, size: Samples.floodSize)))
                await holds.reach(.wrote(argument))
            }
        case "not-json":
            try await writer.write(Publication(data: .bytes(Array("{".utf8))))
        case "end":
            try await writer.write(Publication(data: try .json("the last")))
            return try end()
        case "flood-beside-another":
            await beside(writer)
        case "hold":
            try await holds.hold(argument)
        case "stay":
            await writer.waitForClientToLeave()
            return .interrupted
        case "idle":
            // A task that only waits for something of its own.
            for await _ in AsyncStream.makeStream(of: Void.self).stream {}
        default:
            break
        }
        return .finished
    }

    /// Writes next to a task that waits for the last publication that fits, and stops writing with it.
    private func beside(_ writer: PublicationWriter) async {
        await withTaskGroup { tasks in
            tasks.addTask {
                // The second one does not fit, since the first one fills the stream's buffer.
                let large = Publication(data: Samples.numbered(0, size: 128 * 1_024))
                while (try? await writer.write(large)) != nil {}
            }
            tasks.addTask { await Task.yield() }
            await tasks.next()
            tasks.cancelAll()
        }
    }

    private func end() throws -> SubscriptionEnd {
        try refuse(ifTold: argument)
        guard argument != "ok-status" else { throw GRPCStatus(.ok) }
        return argument == "finished" ? .finished : .interrupted
    }
}
