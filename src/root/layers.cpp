#include "root/layers.hpp"

#include "base/decompress.hpp"
#include "base/digest.hpp"
#include "base/file_bytes.hpp"
#include "base/interrupt.hpp"
#include "base/temp_file.hpp"
#include "root/kept_layers.hpp"

#include <pare/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace pare {

namespace {

constexpr std::size_t piece = std::size_t{4} << 20; ///< Hashed at once, between two looks around.

Compression packing_of(const ByteSource& blob) {
  std::array<std::byte, 4> first;
  return packed_as(std::span(first).first(blob.read_at(0, first)));
}

class Reader {
public:
  Reader(const std::vector<StoredLayer>& layers, const SourceOptions& options)
      : layers_(layers), options_(options), kept_(options.cache_folder), results_(layers.size()) {
    for (std::size_t i = 0; i < layers.size(); ++i) {
      plan(i);
    }
  }

  std::vector<std::shared_ptr<const ByteSource>> read() {
    // The longest first, so that all threads end at about the same time.
    std::ranges::stable_sort(tasks_, std::ranges::greater(), &Task::cost);
    run_tasks();
    for (const Task& task : tasks_) {
      if (task.failure) {
        std::rethrow_exception(task.failure);
      }
    }
    std::vector<std::shared_ptr<const ByteSource>> tars;
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      remember(i);
      tars.push_back(std::move(results_[i].tar));
    }
    return tars;
  }

private:
  struct Result {
    std::shared_ptr<const ByteSource> tar;
    std::shared_ptr<const Descriptor> file; ///< That it was unpacked to; null: it was not.
    bool is_for_cache = false;              ///< The file may be kept.
    std::vector<std::pair<const ByteSource*, std::string>> hashed; ///< What was found to be right.
  };

  struct Task {
    std::uint64_t cost; ///< About, in bytes to hash.
    std::function<void()> run;
    std::exception_ptr failure;
  };

  /// What there is to do for a layer.
  void plan(std::size_t i) {
    const StoredLayer& layer = layers_[i];
    const Compression packing = packing_of(*layer.blob);
    std::string digest = layer.digest;
    if (packing == Compression::none) {
      results_[i].tar = layer.blob;
      add_check(i, layer.diff_id);
      digest = digest == layer.diff_id ? "" : digest;
    } else {
      results_[i].tar = kept_.unpacks_to(*layer.blob, layer.digest, layer.diff_id)
                            ? kept_.find(layer.diff_id)
                            : nullptr;
      if (!results_[i].tar) {
        add(4 * layer.blob->size(), [this, i, packing] { unpack_layer(i, packing); });
      }
    }
    if (!digest.empty()) {
      add_check(i, digest);
    }
  }

  void add(std::uint64_t cost, std::function<void()> run) {
    all_ += cost;
    tasks_.push_back({cost, std::move(run), nullptr});
  }

  /// That the blob hashes to `digest`, which is the layer's own to keep.
  void add_check(std::size_t i, const std::string& digest) {
    const ByteSource& blob = *layers_[i].blob;
    if (!kept_.was_checked(blob, digest)) {
      results_[i].hashed.emplace_back(&blob, digest);
      add(blob.size(), [this, i, digest] { check(*layers_[i].blob, digest); });
    }
  }

  void run_tasks() {
    const std::size_t count =
        std::min<std::size_t>(tasks_.size(), std::max(1u, std::thread::hardware_concurrency()));
    std::vector<std::jthread> threads;
    try {
      for (std::size_t i = 1; i < count; ++i) {
        threads.emplace_back([this] { work(); });
      }
    } catch (const std::system_error&) { // no more threads: then fewer
    }
    work();
  }

  void work() {
    while (!failed_) {
      const std::size_t at = next_++;
      if (at >= tasks_.size()) {
        return;
      }
      try {
        tasks_[at].run();
        advance(tasks_[at].cost);
      } catch (...) {
        tasks_[at].failure = std::current_exception();
        failed_ = true;
      }
    }
  }

  void advance(std::uint64_t cost) {
    if (options_.progress) {
      const std::scoped_lock lock(progress_);
      options_.progress(done_ += cost, all_);
    }
  }

  void unpack_layer(std::size_t i, Compression packing) {
    const StoredLayer& layer = layers_[i];
    Result& result = results_[i];
    Descriptor file = kept_.make_file();
    result.is_for_cache = static_cast<bool>(file);
    if (!file) {
      file = open_temporary(options_.temporary_folder);
    }
    result.file = std::make_shared<const Descriptor>(std::move(file));
    std::uint64_t size = 0;
    try {
      const MappedBytes packed(*layer.blob);
      const std::uint64_t used = std::min(options_.limits.bytes, unpacked_.load());
      size = unpack(packed.bytes(), packing, result.file->get(), options_.limits.bytes - used);
    } catch (const InputError& error) {
      throw InputError(fmt::format(
          "layer {} {}", layer.digest.empty() ? layer.diff_id : layer.digest, error.what()));
    }
    unpacked_ += size;
    result.tar = std::make_shared<FileBytes>(result.file, 0, size);
    check(*result.tar, layer.diff_id);
  }

  void check(const ByteSource& bytes, const std::string& digest) const {
    const MappedBytes mapped(bytes);
    Sha256 hash;
    for (std::span<const std::byte> rest = mapped.bytes(); !rest.empty();) {
      check_interrupt();
      if (failed_) {
        return; // of another layer; what this one is does not matter any more
      }
      const std::size_t count = std::min(piece, rest.size());
      hash.update(rest.first(count));
      rest = rest.subspan(count);
    }
    if (const std::string is = "sha256:" + hash.finish(); is != digest) {
      throw InputError(fmt::format("layer {} is damaged: it hashes to {}", digest, is));
    }
  }

  /// For the next run.
  void remember(std::size_t i) {
    const StoredLayer& layer = layers_[i];
    Result& result = results_[i];
    for (const auto& [bytes, digest] : result.hashed) {
      kept_.note_checked(*bytes, digest);
    }
    if (result.file) {
      kept_.note_unpacks_to(*layer.blob, layer.digest, layer.diff_id);
      if (result.is_for_cache) {
        kept_.keep(*result.file, result.tar->size(), layer.diff_id);
      }
    }
  }

  const std::vector<StoredLayer>& layers_;
  const SourceOptions& options_;
  KeptLayers kept_;
  std::vector<Result> results_;
  std::vector<Task> tasks_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<bool> failed_ = false;
  std::atomic<std::uint64_t> unpacked_ = 0;
  std::mutex progress_;
  std::uint64_t done_ = 0;
  std::uint64_t all_ = 0;
};

} // namespace

std::vector<std::shared_ptr<const ByteSource>> open_layers(const std::vector<StoredLayer>& layers,
                                                           const SourceOptions& options) {
  return Reader(layers, options).read();
}

} // namespace pare
