"""Words and physics of a grocery's categories: the Chinese name and the profile of each.

A profile says how dense such goods are, what shape they have, what one weighs where the size text does not
tell, at which temperature they lie and how long they keep.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """What goods of a kind have in common.

    :param density: of one packed unit, g/cm³.
    :param shape: relative length, width, height.
    :param weight_g: of one unit where nothing better is known.
    :param shelf_days: days that it keeps; 0: no expiry.
    :param case: units in a case; 1: none.
    """

    density: float
    shape: tuple[float, float, float]
    weight_g: int
    temperature: str = "ambient"
    shelf_days: int = 0
    case: int = 1
    hazard: str = "none"


BOTTLE = (1.0, 1.0, 3.0)
CAN = (1.0, 1.0, 1.4)
BOX = (1.6, 0.5, 2.2)
FLAT = (2.0, 1.4, 0.5)
CUBE = (1.2, 1.0, 1.0)

PROFILES: dict[str, Profile] = {
    "drink": Profile(0.85, (1.0, 1.0, 1.8), 1500, shelf_days=360, case=12),
    "wine": Profile(0.75, BOTTLE, 1250, case=6),
    "can": Profile(0.95, CAN, 420, shelf_days=720, case=24),
    "dry": Profile(0.45, BOX, 450, shelf_days=360, case=12),
    "snack": Profile(0.15, (1.5, 0.6, 2.0), 220, shelf_days=180, case=12),
    "candy": Profile(0.55, FLAT, 150, shelf_days=360, case=24),
    "sauce": Profile(0.85, BOTTLE, 480, shelf_days=540, case=12),
    "bread": Profile(0.20, (2.2, 1.0, 1.0), 500, shelf_days=7),
    "cake": Profile(0.30, FLAT, 450, shelf_days=6),
    "milk": Profile(0.95, (1.0, 1.0, 2.2), 1000, "chilled", 15),
    "dairy": Profile(0.75, FLAT, 300, "chilled", 45, case=12),
    "eggs": Profile(0.45, (2.4, 1.0, 0.6), 720, "chilled", 30),
    "meat": Profile(0.75, FLAT, 700, "chilled", 6),
    "deli": Profile(0.70, FLAT, 350, "chilled", 10),
    "fish": Profile(0.75, FLAT, 450, "chilled", 4),
    "fruit": Profile(0.55, CUBE, 700, "chilled", 10),
    "vegetable": Profile(0.40, CUBE, 450, "chilled", 8),
    "ready": Profile(0.60, FLAT, 400, "chilled", 3),
    "frozen": Profile(0.55, (1.6, 1.0, 0.6), 500, "frozen", 360, case=12),
    "ice": Profile(0.55, CUBE, 900, "frozen", 540),
    "baby": Profile(0.50, CAN, 250, shelf_days=540, case=12),
    "pet": Profile(0.60, CAN, 700, shelf_days=540, case=12),
    "medicine": Profile(0.35, BOX, 90, shelf_days=730),
    "care": Profile(0.60, BOTTLE, 250, shelf_days=1080, case=6),
    "cosmetic": Profile(0.40, BOX, 60, shelf_days=1080),
    "spray": Profile(0.70, BOTTLE, 300, shelf_days=1080, case=6, hazard="aerosol"),
    "cleaner": Profile(0.90, BOTTLE, 900, case=6),
    "bleach": Profile(0.95, BOTTLE, 1800, case=6, hazard="corrosive"),
    "powder": Profile(0.70, BOX, 2200, case=4),
    "paper": Profile(0.10, CUBE, 600, case=6),
    "house": Profile(0.30, CUBE, 400),
    "hard": Profile(0.55, BOX, 350),
    "fuel": Profile(0.60, CUBE, 1800, hazard="flammable"),
    "battery": Profile(1.50, FLAT, 90, hazard="battery"),
    "flat": Profile(0.50, (2.0, 1.5, 0.1), 60),
    "card": Profile(0.80, (8.5, 5.4, 0.1), 10),
    "flower": Profile(0.10, (1.0, 0.8, 3.0), 400, shelf_days=5),
    "textile": Profile(0.20, FLAT, 150),
    "other": Profile(0.40, CUBE, 350),
}

DEPARTMENTS: dict[str, tuple[str, str]] = {
    "GROCERY": ("食品杂货", "dry"),
    "DRUG GM": ("个护百货", "care"),
    "PRODUCE": ("蔬菜水果", "vegetable"),
    "MEAT-PCKGD": ("包装肉制品", "deli"),
    "MEAT": ("鲜肉", "meat"),
    "DELI": ("熟食", "deli"),
    "PASTRY": ("烘焙", "cake"),
    "NUTRITION": ("营养健康", "dry"),
    "FUEL": ("油卡", "card"),
    "SEAFOOD-PCKGD": ("包装水产", "frozen"),
    "SALAD BAR": ("沙拉吧", "ready"),
    "MISCELLANEOUS": ("杂项", "other"),
    "COSMETICS": ("美妆", "cosmetic"),
    "FLORAL": ("鲜花绿植", "flower"),
    "SEAFOOD": ("鲜活水产", "fish"),
    "SPIRITS": ("酒类", "wine"),
    "CHEF SHOPPE": ("厨师现做", "ready"),
    "GARDEN CENTER": ("园艺", "house"),
    "TRAVEL & LEISURE": ("休闲旅行", "flat"),
    "COUPON": ("礼券", "card"),
    "RESTAURANT": ("餐饮", "ready"),
    "FROZEN GROCERY": ("冷冻食品", "frozen"),
    "GM MERCH EXP": ("百货", "house"),
    "AUTOMOTIVE": ("汽车用品", "hard"),
    "PHOTO & VIDEO": ("影像", "flat"),
    "CNTRL/STORE SUP": ("门店物料", "house"),
    "POSTAL CENTER": ("邮政", "flat"),
    "PROD-WHS SALES": ("果蔬批发", "fruit"),
    "TOYS": ("玩具", "house"),
    "ELECT &PLUMBING": ("水电五金", "hard"),
    "": ("未归类", "other"),
}

#: profile → category → Chinese name.
_CATEGORIES: dict[str, dict[str, str]] = {
    "drink": {
        "SOFT DRINKS": "软饮料", "BEERS/ALES": "啤酒", "WATER": "饮用水",
        "WATER - CARBONATED/FLVRD DRINK": "气泡水", "ISOTONIC DRINKS": "运动饮料", "CANNED JUICES": "罐装果汁",
        "JUICE": "果汁", "NEW AGE": "新式饮料", "BEVERAGE": "饮料", "NON-DAIRY BEVERAGES": "植物饮",
        "NDAIRY/TEAS/JUICE/SOD": "茶饮果汁", "BOTTLE DEPOSITS": "空瓶押金", "SERVICE BEVERAGE": "现调饮料",
    },
    "wine": {"DOMESTIC WINE": "国产葡萄酒", "IMPORTED WINE": "进口葡萄酒", "MISC WINE": "葡萄酒", "LIQUOR": "烈酒"},
    "can": {
        "BEANS - CANNED GLASS & MW": "豆类罐头", "FRUIT - SHELF STABLE": "水果罐头", "CANNED MILK": "罐装奶",
        "VEGETABLES - SHELF STABLE": "蔬菜罐头", "SEAFOOD - SHELF STABLE": "水产罐头", "SOUP": "汤品",
        "MEAT - SHELF STABLE": "肉罐头", "PREPARED/PKGD FOODS": "方便食品", "OLIVES": "橄榄",
    },
    "dry": {
        "COLD CEREAL": "即食麦片", "HOT CEREAL": "燕麦片", "CEREAL/BREAKFAST": "早餐谷物", "BAKING": "烘焙原料",
        "BAKING MIXES": "烘焙预拌粉", "BAKING NEEDS": "烘焙用品", "DRY NOODLES/PASTA": "干面意面",
        "DRY BN/VEG/POTATO/RICE": "米豆干货", "DINNER MXS:DRY": "方便主食", "FLOUR & MEALS": "面粉",
        "SUGARS/SWEETNERS": "糖类", "COFFEE": "咖啡", "TEAS": "茶", "COCOA MIXES": "可可粉",
        "DRY TEA/COFFEE/COCO MIX": "冲调饮品", "PWDR/CRYSTL DRNK MX": "固体饮料", "DRY MIX DESSERTS": "甜品预拌粉",
        "DRY SAUCES/GRAVY": "调味粉", "SPICES & EXTRACTS": "香辛料", "BULK FOODS": "散装食品", "DRIED FRUIT": "果干",
        "DIETARY AID PRODUCTS": "膳食补充", "RESTRICTED DIET": "特殊膳食", "FITNESS&DIET": "健身营养",
        "HISPANIC": "拉美食品", "PROCESSED": "加工食品",
        "CRACKERS/MISC BKD FD": "饼干", "MISCELLANEOUS CROUTONS": "面包丁",
    },
    "snack": {
        "BAG SNACKS": "膨化零食", "CHIPS&SNACKS": "薯片", "POPCORN": "爆米花", "RICE CAKES": "米饼", "SNACKS": "零食",
        "WAREHOUSE SNACKS": "量贩零食", "PACKAGED NATURAL SNACKS": "天然零食", "CONVENIENT BRKFST/WHLSM SNACKS": "早餐棒",
        "SNKS/CKYS/CRKR/CNDY": "休闲食品", "COOKIES/CONES": "曲奇蛋筒", "COOKIES": "曲奇", "SWEET GOODS & SNACKS": "甜点零食",
    },
    "candy": {
        "CANDY - CHECKLANE": "糖果", "CANDY - PACKAGED": "包装糖果", "SNACK NUTS": "坚果零食", "NUTS": "坚果",
        "VALENTINE": "情人节", "EASTER": "复活节",
    },
    "sauce": {
        "CONDIMENTS/SAUCES": "调味酱", "CONDIMENTS": "调味品", "PASTA SAUCE": "意面酱", "PNT BTR/JELLY/JAMS": "果酱花生酱",
        "SALD DRSNG/SNDWCH SPRD": "沙拉酱", "SHORTENING/OIL": "食用油", "SYRUPS/TOPPINGS": "糖浆",
        "MOLASSES/SYRUP/PANCAKE MIXS": "枫糖松饼粉", "PICKLE/RELISH/PKLD VEG": "腌菜",
    },
    "bread": {
        "BAKED BREAD/BUNS/ROLLS": "面包", "BREAD": "现烤面包", "ROLLS": "餐包",
    },
    "cake": {
        "BAKED SWEET GOODS": "甜点", "BREAKFAST SWEETS": "早餐甜点", "CAKES": "蛋糕", "PIES": "派",
        "BAKERY PARTY TRAYS": "烘焙拼盘", "COFFEE SHOP SWEET GOODS&RETAIL": "咖啡店甜点",
    },
    "milk": {"FLUID MILK PRODUCTS": "鲜奶", "MILK BY-PRODUCTS": "乳品", "REFRGRATD JUICES/DRNKS": "冷藏果汁"},
    "dairy": {
        "CHEESE": "奶酪", "CHEESES": "奶酪专柜", "YOGURT": "酸奶", "BUTTER": "黄油", "MARGARINES": "人造黄油",
        "MISC. DAIRY": "其他乳品", "REFRGRATD DOUGH PRODUCTS": "冷藏面团", "REFRIGERATED": "营养冷藏",
    },
    "eggs": {"EGGS": "鸡蛋"},
    "meat": {
        "BEEF": "牛肉", "PORK": "猪肉", "CHICKEN": "鸡肉", "CHICKEN/POULTRY": "禽肉", "TURKEY": "火鸡", "LAMB": "羊肉",
        "VEAL": "小牛肉", "EXOTIC GAME/FOWL": "野味禽", "RW FRESH PROCESSED MEAT": "鲜加工肉", "MEAT - MISC": "其他肉类",
        "SMOKED MEATS": "烟熏肉",
    },
    "deli": {
        "BACON": "培根", "BREAKFAST SAUSAGE/SANDWICHES": "早餐肠", "DINNER SAUSAGE": "香肠", "HOT DOGS": "热狗肠",
        "LUNCHMEAT": "午餐肉", "DELI MEATS": "熟食肉", "DELI SPECIALTIES (RETAIL PK)": "熟食小包装", "HEAT/SERVE": "加热即食",
        "SALADS/DIPS": "沙拉蘸酱",
    },
    "fish": {"SEAFOOD-FRESH": "鲜水产", "PKG.SEAFOOD MISC": "包装水产"},
    "fruit": {
        "APPLES": "苹果", "BERRIES": "浆果", "CITRUS": "柑橘", "GRAPES": "葡萄", "MELONS": "瓜类", "PEARS": "梨",
        "STONE FRUIT": "核果", "TROPICAL FRUIT": "热带水果", "VALUE ADDED FRUIT": "鲜切水果",
        "ORGANICS FRUIT & VEGETABLES": "有机果蔬", "GIFT & FRUIT BASKETS": "果篮",
    },
    "vegetable": {
        "BROCCOLI/CAULIFLOWER": "西兰花", "CARROTS": "胡萝卜", "CORN": "玉米", "HERBS": "香草", "MUSHROOMS": "菌菇",
        "ONIONS": "洋葱", "PEPPERS-ALL": "椒类", "POTATOES": "土豆", "SALAD MIX": "混合沙拉", "SQUASH": "南瓜",
        "TOMATOES": "番茄", "VALUE ADDED VEGETABLES": "净菜", "VEGETABLES - ALL OTHERS": "其他蔬菜", "VEGETABLES SALAD": "沙拉菜",
    },
    "ready": {
        "PREPARED FOOD": "即食餐", "SALAD BAR": "沙拉吧", "SANDWICHES": "三明治", "SUSHI": "寿司", "PARTY TRAYS": "聚会拼盘",
        "QUICK SERVICE": "快餐", "COFFEE SHOP": "咖啡店",
    },
    "frozen": {
        "FROZEN - BOXED(GROCERY)": "冷冻盒装", "FROZEN BREAD/DOUGH": "冷冻面团", "FROZEN CHICKEN": "冷冻鸡",
        "FROZEN MEAT": "冷冻肉", "FROZEN PIE/DESSERTS": "冷冻甜点", "FROZEN PIZZA": "冷冻披萨", "FRZN BREAKFAST FOODS": "冷冻早餐",
        "FRZN FRUITS": "冷冻水果", "FRZN JCE CONC/DRNKS": "冷冻浓缩汁", "FRZN MEAT/MEAT DINNERS": "冷冻主餐",
        "FRZN POTATOES": "冷冻薯条", "FRZN SEAFOOD": "冷冻水产", "FRZN VEGETABLE/VEG DSH": "冷冻蔬菜",
        "SEAFOOD - FROZEN": "速冻水产", "SEAFOOD - MISC": "水产杂项", "FROZEN": "营养冷冻",
    },
    "ice": {"FRZN ICE": "冰块", "FRZN NOVELTIES/WTR ICE": "雪糕", "ICE CREAM/MILK/SHERBTS": "冰淇淋"},
    "baby": {"BABY FOODS": "婴儿食品", "BABYFOOD": "婴儿辅食", "INFANT FORMULA": "婴儿配方奶粉"},
    "pet": {"CAT FOOD": "猫粮", "DOG FOODS": "狗粮", "PET CARE SUPPLIES": "宠物用品", "CAT LITTER": "猫砂", "BIRD SEED": "鸟食"},
    "medicine": {
        "ANALGESICS": "止痛", "ANTACIDS": "肠胃", "COLD AND FLU": "感冒", "EYE AND EAR CARE PRODUCTS": "眼耳护理",
        "FAMILY PLANNING": "计生", "FIRST AID PRODUCTS": "急救", "LAXATIVES": "通便", "NATURAL VITAMINS": "天然维生素",
        "PHARMACY": "药品", "SINUS AND ALLERGY": "过敏", "SMOKING CESSATIONS": "戒烟", "VITAMINS": "维生素",
        "HOME HEALTH CARE": "家庭护理", "GLASSES/VISION AIDS": "眼镜", "FOOT CARE PRODUCTS": "足部护理",
    },
    "care": {
        "BABY HBC": "婴儿护理", "DEODORANTS": "止汗", "ETHNIC PERSONAL CARE": "个人护理", "FEMININE HYGIENE": "女性护理",
        "HAIR CARE PRODUCTS": "护发", "HAIR CARE ACCESSORIES": "发饰", "HAND/BODY/FACIAL PRODUCTS": "润肤",
        "INFANT CARE PRODUCTS": "婴童护理", "MISCELLANEOUS HBC": "美容健康", "NATURAL HBC": "天然护理",
        "ORAL HYGIENE PRODUCTS": "口腔护理", "SHAVING CARE PRODUCTS": "剃须", "SOAP - LIQUID & BAR": "香皂洗手液",
        "SUNTAN": "防晒", "BATH": "沐浴", "ADULT INCONTINENCE": "成人护理",
    },
    "cosmetic": {"COSMETIC ACCESSORIES": "化妆工具", "MAKEUP AND TREATMENT": "彩妆", "FRAGRANCES": "香水"},
    "spray": {"AIR CARE": "空气清新", "INSECTICIDES": "杀虫剂"},
    "cleaner": {
        "DISHWASH DETERGENTS": "洗洁精", "HOUSEHOLD CLEANG NEEDS": "家居清洁", "IRONING AND CHEMICALS": "熨烫用品",
        "LAUNDRY ADDITIVES": "衣物护理", "SHOE CARE": "鞋护",
    },
    "bleach": {"BLEACH": "漂白剂"},
    "powder": {"LAUNDRY DETERGENTS": "洗衣剂"},
    "paper": {
        "BATH TISSUES": "卫生纸", "DIAPERS & DISPOSABLES": "纸尿裤", "FACIAL TISS/DNR NAPKIN": "面巾纸", "PAPER TOWELS": "厨房纸",
        "PAPER HOUSEWARES": "纸餐具", "COFFEE FILTERS": "咖啡滤纸",
    },
    "house": {
        "BROOMS AND MOPS": "扫把拖把", "CANDLES/ACCESSORIES": "蜡烛", "CHRISTMAS  SEASONAL": "圣诞", "CONTINUITIES": "促销赠品",
        "COOKWARE & BAKEWARE": "炊具", "DELI SUPPLIES": "熟食耗材", "DISPOSIBLE FOILWARE": "锡箔", "DOLLAR VALUE PRODUCTS": "一元商品",
        "DOMESTIC GOODS": "家纺", "FALL AND WINTER SEASONAL": "秋冬季节", "FD WRAPS/BAGS/TRSH BG": "保鲜袋垃圾袋",
        "GARDEN CENTER": "园艺", "GLASSWARE & DINNERWARE": "餐具", "HALLOWEEN": "万圣节", "HOME FREEZING & CANNING SUPPLY": "储藏用品",
        "HOME FURNISHINGS": "家居", "KITCHEN GADGETS": "厨房小件", "LAWN AND GARDEN SHOP": "草坪园艺", "MEAT SUPPLIES": "肉类耗材",
        "NON EDIBLE PRODUCTS": "非食品", "PLASTIC HOUSEWARES": "塑料家居", "PROD SUPPLIES": "果蔬耗材", "SEASONAL": "季节商品",
        "SPRING/SUMMER SEASONAL": "春夏季节", "TOYS": "玩具", "TOYS AND GAMES": "玩具游戏", "MISCELLANEOUS": "杂项", "J-HOOKS": "挂件",
    },
    "hard": {
        "AUDIO/VIDEO PRODUCTS": "影音", "AUTOMOTIVE PRODUCTS": "汽车用品", "ELECTRICAL SUPPPLIES": "电工", "HARDWARE SUPPLIES": "五金",
        "PERSONAL CARE APPLIANCES": "个护电器", "PORTABLE ELECTRIC APPLIANCES": "小家电", "FILM AND CAMERA PRODUCTS": "胶卷相机",
        "WATCHES/CALCULATORS/LOBBY": "钟表计算器", "SPORTS MEMORABLILIA": "体育纪念品", "PREPAID WIRELESS&ACCESSORIES": "手机配件",
    },
    "fuel": {"CHARCOAL AND LIGHTER FLUID": "木炭点火", "PROPANE": "丙烷", "FIREWORKS": "烟花"},
    "battery": {"BATTERIES": "电池"},
    "flat": {
        "BOOKSTORE": "图书", "GREETING CARDS/WRAP/PARTY SPLY": "贺卡派对", "MAGAZINE": "杂志", "NEWSPAPER": "报纸",
        "STATIONERY & SCHOOL SUPPLIES": "文具", "TICKETS": "票券", "IN-STORE PHOTOFINISHING": "照片冲印",
        "OVERNIGHT PHOTOFINISHING": "隔日冲印", "CIGARETTES": "香烟", "CIGARS": "雪茄", "TOBACCO OTHER": "烟草",
    },
    "card": {
        "FUEL": "油卡", "COUPON": "礼券", "COUPON/MISC ITEMS": "礼品卡券", "COUPONS/STORE & MFG": "优惠券",
        "LONG DISTANCE CALLING CARDS": "电话卡",
    },
    "flower": {
        "BOUQUET (NON ROSE)": "花束", "EASTER LILY": "百合", "FLORAL BALLOONS": "气球", "FLORAL- HARD GOODS": "花器",
        "FLORAL-ACCESSORIES": "花艺配件", "FLORAL-FLOWERING PLANTS": "盆花", "FLORAL-FOLIAGE PLANTS": "绿植",
        "FLORAL-FRESH CUT": "鲜切花", "ROSES": "玫瑰",
    },
    "textile": {"APPAREL": "服饰", "HOSIERY/SOCKS": "袜类", "SEWING": "缝纫"},
}  # fmt: skip

#: category → (Chinese name, profile).
CATEGORIES: dict[str, tuple[str, str]] = {
    category: (chinese, profile)
    for profile, names in _CATEGORIES.items()
    for category, chinese in names.items()
}
