// What goes over the links: host to device and back, device to device, and the launches themselves.
#include <chrono>

#include "bench/gpu/cuda/kernels.hpp"
#include "bench/gpu/cuda/tests.hpp"
#include "bench/gpu/reference.hpp"

namespace souk::gpu {
namespace {

constexpr std::size_t link_bytes = std::size_t{256} << 20;
constexpr std::size_t link_words = link_bytes / 4;
constexpr std::uint32_t up_seed = 0x0B5;
constexpr std::uint32_t down_seed = 0xD0;

/// Pinned memory on the host and a buffer on the device for each direction.
struct Link {
  PinnedBuffer host_up;
  PinnedBuffer host_down;
  DeviceBuffer device_up;
  DeviceBuffer device_down;
  Stream other;
  Event fork;
  Event join;

  explicit Link(Session& s)
      : host_up(link_bytes, s.device().index, "host_to_device"),
        host_down(link_bytes, s.device().index, "device_to_host"),
        device_up(s.device_buffer(link_bytes, "host_to_device")),
        device_down(s.device_buffer(link_bytes, "device_to_host")),
        other(s.device().index),
        fork(s.device().index),
        join(s.device().index) {
    for (std::size_t i = 0; i < link_words; ++i) host_up.as<std::uint32_t>()[i] = random_word(up_seed, i);
    s.check(launch_fill(device_down.as<std::uint32_t>(), link_words, down_seed, Type::int8, Fill::random,
                        s.stream()),
            "launch", "fill");
    s.wait("fill");
  }
};

void copy_up(Session& s, const Link& link, cudaStream_t stream, int count) {
  for (int i = 0; i < count; ++i)
    s.check(
        cudaMemcpyAsync(link.device_up.as(), link.host_up.as(), link_bytes, cudaMemcpyHostToDevice, stream),
        "cudaMemcpyAsync", "host_to_device");
}
void copy_down(Session& s, const Link& link, cudaStream_t stream, int count) {
  for (int i = 0; i < count; ++i)
    s.check(cudaMemcpyAsync(link.host_down.as(), link.device_down.as(), link_bytes, cudaMemcpyDeviceToHost,
                            stream),
            "cudaMemcpyAsync", "device_to_host");
}
void copy_both(Session& s, const Link& link, cudaStream_t stream, int count) {
  s.check(cudaEventRecord(link.fork, stream), "cudaEventRecord", "host_both_ways");
  s.check(cudaStreamWaitEvent(link.other, link.fork, 0), "cudaStreamWaitEvent", "host_both_ways");
  copy_up(s, link, stream, count);
  copy_down(s, link, link.other, count);
  s.check(cudaEventRecord(link.join, link.other), "cudaEventRecord", "host_both_ways");
  s.check(cudaStreamWaitEvent(stream, link.join, 0), "cudaStreamWaitEvent", "host_both_ways");
}

/// The words of `buffer` that differ from random_word(seed, index), counted on the device.
std::uint64_t mismatches(Session& s, const DeviceBuffer& buffer, std::size_t words, std::uint32_t seed,
                         const std::string& kernel) {
  const DeviceBuffer counter = s.device_buffer(8, kernel);
  s.check(cudaMemsetAsync(counter.as(), 0, 8, s.stream()), "cudaMemset", kernel);
  s.check(launch_compare(buffer.as<std::uint32_t>(), words, 0, seed, counter.as<unsigned long long>(),
                         s.stream()),
          "launch", "compare");
  const auto halves = s.download(counter.as<std::uint32_t>(), 2, kernel);
  return halves[0] | std::uint64_t{halves[1]} << 32;
}

void check_up(Session& s, const Link& link, const std::string& test) {
  if (const auto wrong = mismatches(s, link.device_up, link_words, up_seed, test); wrong != 0)
    s.wrong(test, std::to_string(wrong) + " words arrived changed");
}
void check_down(Session& s, const Link& link, const std::string& test) {
  for (std::size_t i = 0; i < link_words; ++i) {
    if (link.host_down.as<std::uint32_t>()[i] != random_word(down_seed, i))
      s.wrong(test, "word " + std::to_string(i) + " arrived changed");
  }
}

/// Forgets what earlier copies left, so that the next check can only pass by a copy made after it.
void clear(Session& s, const Link& link) {
  s.check(cudaMemsetAsync(link.device_up.as(), 0, link_bytes, s.stream()), "cudaMemset", "host_to_device");
  s.wait("host_to_device");
  std::fill_n(link.host_down.as<std::uint32_t>(), link_words, 0u);
}

using Clock = std::chrono::steady_clock;

/// Microseconds from a launch to the host knowing that it is done.
Measurement round_trips(Session& s) {
  Measurement m;
  m.test = "launch_latency";
  m.unit = "us";
  m.lower_is_better = true;
  const auto once = [&] {
    s.check(launch_empty(s.stream()), "launch", "empty");
    s.wait("empty");
  };
  for (int i = 0; i < 1000; ++i) once();
  for (int sample = 0; sample < s.options().samples; ++sample) {
    const auto start = Clock::now();
    const auto until = start + std::chrono::milliseconds(s.options().sample_ms);
    int count = 0;
    for (; Clock::now() < until; ++count) once();
    m.samples.push_back(std::chrono::duration<double, std::micro>(Clock::now() - start).count() / count);
  }
  m.how = "an empty kernel and a stream synchronise, by the host's clock";
  m.check = "every launch and every synchronise returned success";
  return m;
}

}  // namespace

void test_host_link(Session& session, Report& report) {
  Link link(session);
  const double gigabytes = static_cast<double>(link_bytes) / 1e9;
  const auto add = [&](const char* test, double amount, auto copy, bool up, bool down) {
    clear(session, link);
    Measurement m = session.measure(test, "GB/s", amount, [&](cudaStream_t stream, int, int count) {
      copy(session, link, stream, count);
    });
    if (up) check_up(session, link, test);
    if (down) check_down(session, link, test);
    m.how = "pinned memory, copies of 256 MiB by the copy engines";
    m.check = "every word that arrived equals what was sent";
    report.measurements.push_back(std::move(m));
  };
  add("host_to_device", gigabytes, copy_up, true, false);
  add("device_to_host", gigabytes, copy_down, false, true);
  add("host_both_ways", 2 * gigabytes, copy_both, true, true);
}

void test_launch(Session& session, Report& report) {
  report.measurements.push_back(round_trips(session));
  // Time per launch in a full queue: measured as launches per microsecond, said as its inverse.
  Measurement m = session.measure("launch_interval", "us", 1e-6, [&](cudaStream_t stream, int, int count) {
    for (int i = 0; i < count; ++i) session.check(launch_empty(stream), "launch", "empty");
  });
  for (double& sample : m.samples) sample = 1 / sample;
  m.lower_is_better = true;
  m.how = "empty kernels queued behind a gate, per kernel, by events";
  m.check = "every launch returned success";
  report.measurements.push_back(std::move(m));
}

void test_peers(Session& session, Report& report, const std::vector<Device>& all) {
  const int self = session.device().index;
  if (all.size() < 2) {
    report.waived.push_back({"peer", "one GPU only"});
    return;
  }
  report.peers.assign(all.size(), std::vector<double>(all.size(), 0));
  const DeviceBuffer from = session.device_buffer(link_bytes, "peer");
  session.check(
      launch_fill(from.as<std::uint32_t>(), link_words, up_seed, Type::int8, Fill::random, session.stream()),
      "launch", "fill");
  const DeviceBuffer back = session.device_buffer(link_bytes, "peer");
  for (const Device& peer : all) {
    if (peer.index == self) continue;
    const std::string test = "peer_" + std::to_string(self) + "_" + std::to_string(peer.index);
    int can = 0;
    session.check(cudaDeviceCanAccessPeer(&can, self, peer.index), "cudaDeviceCanAccessPeer", test);
    if (can == 0) {
      report.waived.push_back({test, "no peer access between these GPUs"});
      continue;
    }
    const cudaError_t enabled = cudaDeviceEnablePeerAccess(peer.index, 0);
    if (enabled == cudaErrorPeerAccessAlreadyEnabled)
      cudaGetLastError();
    else
      session.check(enabled, "cudaDeviceEnablePeerAccess", test);
    session.check(cudaSetDevice(peer.index), "cudaSetDevice", test);
    const DeviceBuffer to(link_bytes, peer.index, test);
    session.check(cudaSetDevice(self), "cudaSetDevice", test);
    Measurement m = session.measure(
        test, "GB/s", static_cast<double>(link_bytes) / 1e9, [&](cudaStream_t stream, int, int count) {
          for (int i = 0; i < count; ++i)
            session.check(cudaMemcpyPeerAsync(to.as(), peer.index, from.as(), self, link_bytes, stream),
                          "cudaMemcpyPeerAsync", test);
        });
    session.check(cudaMemsetAsync(back.as(), 0, link_bytes, session.stream()), "cudaMemset", test);
    session.check(cudaMemcpyPeerAsync(back.as(), self, to.as(), peer.index, link_bytes, session.stream()),
                  "cudaMemcpyPeerAsync", test);
    if (const auto wrong = mismatches(session, back, link_words, up_seed, test); wrong != 0)
      session.wrong(test, std::to_string(wrong) + " words arrived changed");
    m.how = "copies of 256 MiB by the copy engines, one direction";
    m.check = "brought back and compared word for word";
    report.peers[static_cast<std::size_t>(self)][static_cast<std::size_t>(peer.index)] =
        summarise(m.samples).median;
    report.measurements.push_back(std::move(m));
  }
}

}  // namespace souk::gpu
