"""What is asked of Shopify, in its query language.

Every query stays below the 1,000 points that one may cost at most: objects cost 1, a list costs 2 and its
length times what is inside. That is why pages are small, and why lines beyond the first ten are fetched apart.
"""

from __future__ import annotations

#: Orders in a page, and lines of an order that come with it.
ORDERS = 10
LINES = 10
MORE_LINES = 100
#: Of one order, when a parcel is told of.
FULFILLMENT_ORDERS = 5
FULFILLMENT_LINES = 80
REFUND_LINES = 10
VARIANTS = 100

_LINE = """
  id sku title variantTitle quantity currentQuantity unfulfilledQuantity requiresShipping
  variant { id }
  product { id }
  originalUnitPriceSet { shopMoney { amount } }
  discountedTotalSet { shopMoney { amount } }
"""

_ORDER = f"""
  id name test createdAt updatedAt processedAt cancelledAt closedAt note tags
  displayFinancialStatus displayFulfillmentStatus currencyCode
  customer {{ id }}
  currentTotalPriceSet {{ shopMoney {{ amount }} }}
  currentTotalDiscountsSet {{ shopMoney {{ amount }} }}
  totalShippingPriceSet {{ shopMoney {{ amount }} }}
  shippingAddress {{ name company phone address1 address2 city province provinceCode zip countryCodeV2 }}
  lineItems(first: {LINES}) {{ pageInfo {{ hasNextPage endCursor }} nodes {{ {_LINE} }} }}
"""

ORDER_PAGE = f"""
query OrderPage($first: Int!, $after: String, $query: String!) {{
  orders(first: $first, after: $after, sortKey: UPDATED_AT, query: $query) {{
    pageInfo {{ hasNextPage endCursor }}
    nodes {{ {_ORDER} }}
  }}
}}
"""

ORDER = f"""
query Order($id: ID!) {{ order(id: $id) {{ {_ORDER} }} }}
"""

ORDER_LINES = f"""
query OrderLines($id: ID!, $after: String!) {{
  order(id: $id) {{
    lineItems(first: {MORE_LINES}, after: $after) {{ pageInfo {{ hasNextPage endCursor }} nodes {{ {_LINE} }} }}
  }}
}}
"""

REFUND_PAGE = f"""
query RefundPage($first: Int!, $after: String, $query: String!) {{
  orders(first: $first, after: $after, sortKey: UPDATED_AT, query: $query) {{
    pageInfo {{ hasNextPage endCursor }}
    nodes {{
      id
      refunds {{
        id createdAt updatedAt note
        totalRefundedSet {{ shopMoney {{ amount }} }}
        refundLineItems(first: {REFUND_LINES}) {{
          nodes {{ quantity restockType lineItem {{ id }} subtotalSet {{ shopMoney {{ amount }} }} }}
        }}
      }}
    }}
  }}
}}
"""

FULFILLMENT = f"""
query Fulfillment($id: ID!) {{
  order(id: $id) {{
    id
    fulfillments {{ id status trackingInfo {{ number }} }}
    fulfillmentOrders(first: {FULFILLMENT_ORDERS}) {{
      nodes {{
        id status
        lineItems(first: {FULFILLMENT_LINES}) {{
          pageInfo {{ hasNextPage }}
          nodes {{ id remainingQuantity lineItem {{ id }} }}
        }}
      }}
    }}
  }}
}}
"""

FULFILL = """
mutation Fulfill($fulfillment: FulfillmentInput!) {
  fulfillmentCreate(fulfillment: $fulfillment) {
    fulfillment { id status }
    userErrors { field message }
  }
}
"""

AVAILABLE = """
query Available($ids: [ID!]!, $location: ID!) {
  nodes(ids: $ids) {
    ... on ProductVariant {
      id
      inventoryItem {
        id tracked
        inventoryLevel(locationId: $location) { quantities(names: ["available"]) { name quantity } }
      }
    }
  }
}
"""

SET_AVAILABLE = """
mutation SetAvailable($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { id }
    userErrors { code field message }
  }
}
"""

VARIANT_PAGE = """
query VariantPage($first: Int!, $after: String) {
  productVariants(first: $first, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { id sku barcode title product { id title } }
  }
}
"""

SHOP = "query Shop { shop { id name currencyCode } }"
