// gRPC C++ as its documentation sets it up for speed: the asynchronous API, one completion queue, one thread that polls
// it. Several calls wait for a request at any time, or the queue would run dry between two of them.
#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <memory>
#include <string>

#include "proxy.grpc.pb.h"

namespace proxy = centrifugal::centrifugo::proxy;

namespace {

constexpr int waiting_calls = 256;
constexpr char canned_answer[] = R"({"pong":1784030400})";

// One call after the other: asked for, answered, and replaced by the next.
class Call {
 public:
  Call(proxy::CentrifugoProxy::AsyncService& service, grpc::ServerCompletionQueue& queue)
      : service_(service), queue_(queue) {
    service_.RequestRPC(&context_, &request_, &responder_, &queue_, &queue_, this);
  }

  void Proceed(bool ok) {
    if (answered_ || !ok) {
      delete this;
      return;
    }
    new Call(service_, queue_);
    answered_ = true;
    proxy::RPCResponse response;
    response.mutable_result()->set_data(canned_answer, sizeof canned_answer - 1);
    responder_.Finish(response, grpc::Status::OK, this);
  }

 private:
  proxy::CentrifugoProxy::AsyncService& service_;
  grpc::ServerCompletionQueue& queue_;
  grpc::ServerContext context_;
  proxy::RPCRequest request_;
  grpc::ServerAsyncResponseWriter<proxy::RPCResponse> responder_{&context_};
  bool answered_ = false;
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "Usage: %s PORT\n", arguments[0]);
    return 2;
  }
  proxy::CentrifugoProxy::AsyncService service;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(std::string("127.0.0.1:") + arguments[1], grpc::InsecureServerCredentials());
  builder.RegisterService(&service);
  std::unique_ptr<grpc::ServerCompletionQueue> queue = builder.AddCompletionQueue();
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (!server) return 1;
  for (int i = 0; i < waiting_calls; i++) new Call(service, *queue);
  void* call;
  bool ok;
  while (queue->Next(&call, &ok)) static_cast<Call*>(call)->Proceed(ok);
  return 0;
}
