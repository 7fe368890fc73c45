// The closed forms against the tables of economics.md section 3.
#include "scenarios/theory.hpp"

#include <gtest/gtest.h>

namespace souk::scenarios::theory {
namespace {

TEST(Theory, V01AndV02Table) {
  struct Row {
    std::uint32_t n;
    double price, cost, sd_first, sd_second;
  };
  for (const Row& row : {Row{2, .666667, .333333, .11785, .23570}, Row{3, .5, .25, .12910, .22361},
                         Row{5, .333333, .166667, .11269, .17817}, Row{10, .181818, .090909, .07469, .11134},
                         Row{20, .095238, .047619, .04313, .06258}}) {
    EXPECT_NEAR(mean_price(row.n), row.price, 1e-6);
    EXPECT_NEAR(mean_winner_cost(row.n), row.cost, 1e-6);
    EXPECT_NEAR(sd_first_price(row.n), row.sd_first, 1e-5);
    EXPECT_NEAR(sd_second_price(row.n), row.sd_second, 1e-5);
  }
}

TEST(Theory, V03ProfitOfDeviation) {
  EXPECT_NEAR(second_price_profit(3, 0), .083333, 1e-6);
  EXPECT_NEAR(second_price_profit(3, .05), .082165, 1e-6);
  EXPECT_NEAR(second_price_profit(3, -.05), .082085, 1e-6);
  EXPECT_NEAR(second_price_profit(3, .10), .078975, 1e-6);
  EXPECT_NEAR(second_price_profit(3, -.10), .078358, 1e-6);
}

TEST(Theory, V05ExponentialCosts) {
  EXPECT_NEAR(exponential_mean_price(2), 1.5, 1e-9);
  EXPECT_NEAR(exponential_mean_price(3), .833333, 1e-6);
  EXPECT_NEAR(exponential_mean_price(5), .45, 1e-9);
  EXPECT_NEAR(exponential_mean_price(10), .211111, 1e-6);
}

TEST(Theory, V06Table) {
  struct Row {
    std::uint32_t n;
    double trade, pay, surplus, surplus_1, welfare, welfare_1, posted, posted_surplus;
  };
  for (const Row& row : {Row{1, .5, .25, .25, 0, .375, .5, .5, .25},
                         Row{2, .75, .333333, .416667, .333333, .583333, .666667, .4226, .3849},
                         Row{3, .875, .34375, .53125, .5, .703125, .75, .37, .47247},
                         Row{5, .96875, .296875, .671875, .666667, .820313, .833333, .3012, .582356},
                         Row{10, .999023, .180753, .818271, .818182, .908647, .909091, .2132, .715267}}) {
    const Reserve half = reserve_price(row.n, .5);
    const Reserve one = reserve_price(row.n, 1);
    EXPECT_NEAR(half.trade_probability, row.trade, 1e-6);
    EXPECT_NEAR(half.mean_payment, row.pay, 1e-6);
    EXPECT_NEAR(half.tenant_surplus, row.surplus, 1e-6);
    EXPECT_NEAR(one.tenant_surplus, row.surplus_1, 1e-6);
    EXPECT_NEAR(half.welfare, row.welfare, 1e-6);
    EXPECT_NEAR(one.welfare, row.welfare_1, 1e-6);
    EXPECT_NEAR(best_posted_price(row.n).price, row.posted, 1e-4);
    EXPECT_NEAR(best_posted_price(row.n).surplus, row.posted_surplus, 1e-5);
  }
}

TEST(Theory, V13Table) {
  struct Row {
    std::uint32_t c;
    double a, blocking, waiting;
  };
  for (const Row& row :
       {Row{1, .5, .333333, .5}, Row{5, 3, .110054, .236152}, Row{10, 5, .018385, .036105},
        Row{10, 8, .121661, .409180}, Row{20, 15, .045593, .160429}, Row{50, 40, .018691, .086953},
        Row{100, 80, .003992, .019646}, Row{100, 90, .026957, .216940}, Row{200, 180, .010325, .094471}}) {
    EXPECT_NEAR(erlang_b(row.c, row.a), row.blocking, 1e-6);
    EXPECT_NEAR(erlang_c(row.c, row.a), row.waiting, 1e-6);
  }
  EXPECT_NEAR(erlang_b(100, 100), .0757, 1e-6);
}

TEST(Theory, V14Waits) {
  EXPECT_NEAR(mg1_wait(.8, 1), 4, 1e-12);
  EXPECT_NEAR(mg1_wait(.8, 0), 2, 1e-12);
  EXPECT_NEAR(mg1_wait(.8, 4), 10, 1e-12);
}

TEST(Theory, V15KaufmanRoberts) {
  const Pool large = kaufman_roberts(64, {{1, 30}, {8, 2}});
  EXPECT_NEAR(large.blocking[0], .011090, 1e-6);
  EXPECT_NEAR(large.blocking[1], .123016, 1e-6);
  EXPECT_NEAR(large.utilisation, .682798, 1e-6);
  const Pool small = kaufman_roberts(16, {{1, 6}, {8, .5}});
  EXPECT_NEAR(small.blocking[0], .036715, 1e-6);
  EXPECT_NEAR(small.blocking[1], .404056, 1e-6);
  const Pool three = kaufman_roberts(8, {{1, 3}, {2, 1}, {8, .2}});
  EXPECT_NEAR(three.blocking[0], .078234, 1e-6);
  EXPECT_NEAR(three.blocking[1], .183961, 1e-6);
  EXPECT_NEAR(three.blocking[2], .979703, 1e-6);
}

}  // namespace
}  // namespace souk::scenarios::theory
