import Foundation
import Scaffolding

// What the plugin create-handler runs: a plugin can use programs, and no libraries. Its argument is a `HandlerOrder`.
do {
    let order = try JSONDecoder().decode(HandlerOrder.self, from: Data((CommandLine.arguments.last ?? "").utf8))
    for line in try order.fill() { print(line) }
} catch {
    FileHandle.standardError.write(Data("\(error)\n".utf8))
    exit(1)
}
