#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace souk {

/// An ordered map with an undo log: for what is few and rarely changed (grants, audits). Iteration is in key
/// order.
template <class Key, class Value>
class UndoMap {
 public:
  const Value* find(const Key& key) const {
    const auto it = rows_.find(key);
    return it == rows_.end() ? nullptr : &it->second;
  }
  void put(const Key& key, Value value) {
    save(key);
    rows_.insert_or_assign(key, std::move(value));
  }
  void erase(const Key& key) {
    save(key);
    rows_.erase(key);
  }

  auto begin() const { return rows_.begin(); }
  auto end() const { return rows_.end(); }
  auto lower_bound(const Key& key) const { return rows_.lower_bound(key); }

  void begin_tx() { saved_.clear(); }
  void rollback() {
    for (auto it = saved_.rbegin(); it != saved_.rend(); ++it) {
      if (it->second)
        rows_.insert_or_assign(it->first, std::move(*it->second));
      else
        rows_.erase(it->first);
    }
    saved_.clear();
  }

 private:
  void save(const Key& key) {
    const Value* old = find(key);
    saved_.emplace_back(key, old == nullptr ? std::nullopt : std::optional<Value>(*old));
  }

  std::map<Key, Value> rows_;
  std::vector<std::pair<Key, std::optional<Value>>> saved_;
};

}  // namespace souk
